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

 private:
  class Allocation;
  std::vector<uint8_t> bytes_;
};

}  // namespace rigjit
