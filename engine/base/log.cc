#include "base/log.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace rigjit {

void log_line(std::string_view line) {
  const char* wanted = std::getenv("RIGJIT_LOG");
  if (wanted == nullptr || std::strcmp(wanted, "1") != 0) return;
  // One write, so that lines of several threads and processes do not mix.
  const std::string text = "rigjit: " + std::string(line) + "\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace rigjit
