#include "codegen/link/llvm_memory.h"

#include <llvm/Support/ErrorHandling.h>
#include <sys/mman.h>

#include <cstdlib>
#include <mutex>
#include <new>

#include "base/log.h"

namespace rigjit {
namespace {

// Measured, of programs of 600 to 300,000 values (address space at the peak of a compilation).
constexpr std::size_t kBytes = std::size_t{4} << 20;
constexpr std::size_t kBytesAnOperation = 640;

thread_local std::size_t depth = 0;
std::new_handler handler_before = nullptr;

[[noreturn]] void end_process() {
  write_last_line(
      "rigjit: no memory is left while a rig is compiled, and LLVM cannot go on without; the "
      "process ends\n");
  std::abort();
}

void on_no_memory() {
  if (depth > 0) end_process();
  if (handler_before == nullptr) throw std::bad_alloc();
  handler_before();
}

void install_handlers() {
  handler_before = std::set_new_handler(on_no_memory);
  // Of what LLVM takes by malloc.
  llvm::install_bad_alloc_error_handler([](void*, const char*, bool) { end_process(); });
}

}  // namespace

LlvmMemory::LlvmMemory(std::size_t operations) {
  static std::once_flag once;
  std::call_once(once, install_handlers);
  const std::size_t size = kBytes + operations * kBytesAnOperation;
  void* const memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  ::munmap(memory, size);
  ++depth;
}

LlvmMemory::~LlvmMemory() { --depth; }

}  // namespace rigjit
