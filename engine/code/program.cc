#include "code/program.h"

namespace rigjit {

const char* to_string(Program program) noexcept {
  switch (program) {
    case Program::kMessage:
      return "message";
    case Program::kValues:
      return "values";
    case Program::kVector:
      return "vector";
    case Program::kMessageContinuous:
      return "message-continuous";
    case Program::kValuesContinuous:
      return "values-continuous";
  }
  return nullptr;
}

}  // namespace rigjit
