#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "base/printable.h"

namespace rigjit {
namespace {

bool is_open(int fd) noexcept { return ::fcntl(fd, F_GETFD) >= 0; }

// When the library is loaded. Where 2 is closed then, whatever has that number later is a file that
// somebody opened for something else.
const bool had_stderr = is_open(STDERR_FILENO);

// A descriptor that is closed on exec has not been handed to this process as its standard error:
// it is a file of its own that got the number of a closed one.
bool has_stderr() {
  if (!had_stderr) return false;
  const int flags = ::fcntl(STDERR_FILENO, F_GETFD);
  return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

}  // namespace

void log_line(std::string_view line) {
  const char* wanted = std::getenv("RIGJIT_LOG");
  if (wanted == nullptr || std::strcmp(wanted, "1") != 0 || !has_stderr()) return;
  // One write, so that lines of several threads and processes do not mix.
  const std::string text = "rigjit: " + printable(line) + "\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

void write_last_line(std::string_view line) noexcept {
  if (!has_stderr()) return;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace rigjit
