// An error that has no place in a spec.
#pragma once

#include <string>
#include <utility>

#include "rigjit/error.h"

namespace rigjit {

[[nodiscard]] inline Error make_error(std::string code, std::string message) {
  Error error;
  error.code = std::move(code);
  error.message = std::move(message);
  return error;
}

}  // namespace rigjit
