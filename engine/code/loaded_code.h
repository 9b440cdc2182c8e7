// Machine code that this process may call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "code/code_image.h"
#include "code/program.h"
#include "rigjit/result.h"

namespace rigjit {

// An r-x mapping, released on destruction. No page of it is ever writable and executable at once.
// Thread-safety: constant after construction; it must outlive every call of its kernel.
class LoadedCode {
 public:
  // An anonymous copy of the image. "no-executable-memory" where the process may not make written
  // memory executable, as under systemd's MemoryDenyWriteExecute.
  [[nodiscard]] static Result<LoadedCode> copy(const CodeImage& image);

  // Maps `size` bytes of a file at `file_offset` (a multiple of the page size) privately and r-x,
  // which needs no right to write and execute. The file may be closed afterwards, replaced and
  // removed, but not truncated: that raises SIGBUS in whoever runs the code. Fails with errno:
  // EPERM or EACCES on a noexec mount. The caller checks the bytes before the first call.
  [[nodiscard]] static std::expected<LoadedCode, int> map_file(int fd, uint64_t file_offset,
                                                               std::size_t size,
                                                               const CodeOffsets& offsets);

  LoadedCode(LoadedCode&& other) noexcept;
  LoadedCode& operator=(LoadedCode&& other) noexcept;
  ~LoadedCode();

  [[nodiscard]] KernelFunction kernel() const noexcept { return kernel_; }
  [[nodiscard]] std::span<const uint8_t> bytes() const noexcept { return {base_, size_}; }
  // Those of bytes() that are instructions.
  [[nodiscard]] std::span<const uint8_t> instructions() const noexcept {
    return bytes().subspan(offsets_.code, offsets_.code_size);
  }
  // Of a continuous program, see code/program.h; else empty.
  [[nodiscard]] std::span<const uint32_t> state_map() const noexcept {
    return {reinterpret_cast<const uint32_t*>(base_ + offsets_.state),
            offsets_.state_size / sizeof(uint32_t)};
  }

  // Runs the kernel: nonzero for a bad vector.
  uint32_t operator()(const float* in, uint8_t* out) const noexcept { return kernel_(in, out); }

 private:
  LoadedCode(uint8_t* base, std::size_t size, const CodeOffsets& offsets) noexcept;

  // Constant after construction, but for moves.
  uint8_t* base_ = nullptr;
  std::size_t size_ = 0;  // of the image; the mapping is whole pages
  KernelFunction kernel_ = nullptr;
  CodeOffsets offsets_;
};

}  // namespace rigjit
