#include "fuzz_target.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace rigjit::fuzz {
void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void require_explained(const Errors& errors) {
  require(!errors.empty(), "a failure has errors");
  for (const Error& error : errors) {
    require(!error.code.empty() && !error.message.empty(), "an error has a code and a message");
    require(error.line.value_or(1) > 0 && error.column.value_or(1) > 0, "places count from 1");
    require(!error.to_string().empty(), "an error can be printed");
  }
}

MemoryFile::MemoryFile(Bytes bytes) : fd_(::memfd_create("rigjit-fuzz", MFD_CLOEXEC)) {
  require(fd_ >= 0, "memfd_create works");
  require(::write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
          "a memory file can be written");
}

MemoryFile::~MemoryFile() { ::close(fd_); }

uint8_t take_choice(Bytes& input) {
  if (input.empty()) return 0;
  const uint8_t choice = input.front();
  input = input.subspan(1);
  return choice;
}

}  // namespace rigjit::fuzz
