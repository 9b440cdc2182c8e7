// What the fuzz targets share. Each target is one file that defines LLVMFuzzerTestOneInput; it is
// linked with libFuzzer or, where there is none, with replay.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "rigjit/error.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size);

namespace rigjit::fuzz {

using Bytes = std::span<const uint8_t>;

// Ends the process, which every driver counts as a finding, unless `holds`.
void require(bool holds, const char* what);
// That it says what went wrong, in every field that is filled in.
void require_explained(const Errors& errors);

// A file in memory, open for reading and writing, that holds just these bytes.
class MemoryFile {
 public:
  explicit MemoryFile(Bytes bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  [[nodiscard]] int fd() const noexcept { return fd_; }
  // A name that opens it anew.
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

// Takes the first byte, which chooses how a target reads the others; 0 where there is none.
[[nodiscard]] uint8_t take_choice(Bytes& input);

}  // namespace rigjit::fuzz
