#include "code/loaded_code.h"

#include <sys/mman.h>

#include <bit>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/make_error.h"
#include "base/posix_file.h"

namespace rigjit {
namespace {

Error no_executable_memory(const char* step, int error) {
  std::string message =
      std::string("cannot run compiled code: ") + step + " failed (" + errno_text(error) + ")";
  if (error == EPERM || error == EACCES) {
    message +=
        "; the process may not make written memory executable (systemd's MemoryDenyWriteExecute, "
        "SELinux's execmem or the like): it needs a cache directory that its user or root owns, "
        "on a file system mounted without noexec, and that is filled beforehand (rigjit compile) "
        "or that it may write";
  }
  return make_error("no-executable-memory", std::move(message));
}

}  // namespace

bool offsets_fit(const CodeOffsets& offsets, std::size_t size) noexcept {
  const auto fits = [size](uint32_t offset, uint32_t bytes) {
    return offset <= size && bytes <= size - offset;
  };
  return fits(offsets.code, offsets.code_size) && offsets.entry >= offsets.code &&
         offsets.entry - offsets.code < offsets.code_size &&
         fits(offsets.state, offsets.state_size) && offsets.state % sizeof(uint32_t) == 0 &&
         offsets.state_size % sizeof(uint32_t) == 0;
}

LoadedCode::LoadedCode(uint8_t* base, std::size_t size, const CodeOffsets& offsets) noexcept
    : base_(base),
      size_(size),
      kernel_(std::bit_cast<KernelFunction>(base + offsets.entry)),
      offsets_(offsets) {}

LoadedCode::LoadedCode(LoadedCode&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      kernel_(std::exchange(other.kernel_, nullptr)),
      offsets_(std::exchange(other.offsets_, {})) {}

LoadedCode& LoadedCode::operator=(LoadedCode&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(size_, other.size_);
  std::swap(kernel_, other.kernel_);
  std::swap(offsets_, other.offsets_);
  return *this;
}

LoadedCode::~LoadedCode() {
  if (base_ != nullptr) ::munmap(base_, size_);
}

Result<LoadedCode> LoadedCode::copy(const CodeImage& image) {
  const std::size_t size = image.bytes.size();
  assert(offsets_fit(image.offsets, size));
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return no_executable_memory("mapping memory", errno);
  auto* base = static_cast<uint8_t*>(memory);
  std::memcpy(base, image.bytes.data(), size);
  if (::mprotect(base, size, PROT_READ | PROT_EXEC) != 0) {
    const int error = errno;
    ::munmap(base, size);
    return no_executable_memory("making memory executable", error);
  }
  // Nothing to do on x86; elsewhere the instruction cache does not see what was written.
  __builtin___clear_cache(reinterpret_cast<char*>(base), reinterpret_cast<char*>(base) + size);
  return LoadedCode(base, size, image.offsets);
}

std::expected<LoadedCode, int> LoadedCode::map_file(int fd, uint64_t file_offset, std::size_t size,
                                                    const CodeOffsets& offsets) {
  assert(offsets_fit(offsets, size));
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
                        static_cast<off_t>(file_offset));
  if (memory == MAP_FAILED) return std::unexpected(errno);
  return LoadedCode(static_cast<uint8_t*>(memory), size, offsets);
}

}  // namespace rigjit
