// A JITLink memory manager that links into a plain buffer instead of executable memory: the bytes
// that it ends with are a CodeImage.
#pragma once

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>

#include <cstdint>
#include <vector>

namespace rigjit {

class ImageMemory : public llvm::jitlink::JITLinkMemoryManager {
 public:
  // Where the linker believes that the image lies: any address does, as nothing in a kernel is
  // absolute.
  static constexpr uint64_t kBase = 0x10000000;

  void allocate(const llvm::jitlink::JITLinkDylib* dylib, llvm::jitlink::LinkGraph& graph,
                OnAllocatedFunction on_allocated) override;
  void deallocate(std::vector<FinalizedAlloc> allocs,
                  OnDeallocatedFunction on_deallocated) override;

  // All that was linked, 64-byte aligned pieces in the order of linking.
  [[nodiscard]] const std::vector<uint8_t>& bytes() const { return bytes_; }
  // Where the instructions are in them: a module's are one piece.
  [[nodiscard]] uint32_t code_offset() const { return code_offset_; }
  [[nodiscard]] uint32_t code_size() const { return code_size_; }

 private:
  class Allocation;
  std::vector<uint8_t> bytes_;
  uint32_t code_offset_ = 0, code_size_ = 0;
};

}  // namespace rigjit
