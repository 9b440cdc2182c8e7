#include "codegen/link/image_memory.h"

#include <cstring>

namespace rigjit {

using llvm::jitlink::BasicLayout;

namespace {
constexpr uint64_t kAlignment = 64;
uint64_t aligned(uint64_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }
}  // namespace

class ImageMemory::Allocation : public InFlightAlloc {
 public:
  Allocation(ImageMemory& memory, std::vector<uint8_t> working)
      : memory_(memory), working_(std::move(working)) {}

  uint8_t* working() { return working_.data(); }

  void finalize(OnFinalizedFunction on_finalized) override {
    const uint64_t address = kBase + memory_.bytes_.size();
    memory_.bytes_.insert(memory_.bytes_.end(), working_.begin(), working_.end());
    on_finalized(FinalizedAlloc(llvm::orc::ExecutorAddr(address)));
  }

  void abandon(OnAbandonedFunction on_abandoned) override { on_abandoned(llvm::Error::success()); }

 private:
  ImageMemory& memory_;
  std::vector<uint8_t> working_;
};

void ImageMemory::allocate(const llvm::jitlink::JITLinkDylib* /*dylib*/,
                           llvm::jitlink::LinkGraph& graph, OnAllocatedFunction on_allocated) {
  BasicLayout layout(graph);
  uint64_t size = 0;
  for (auto& [group, segment] : layout.segments())
    size += aligned(segment.ContentSize + segment.ZeroFillSize);
  auto allocation = std::make_unique<Allocation>(*this, std::vector<uint8_t>(size));
  uint64_t offset = 0;
  for (auto& [group, segment] : layout.segments()) {
    segment.Addr = llvm::orc::ExecutorAddr(kBase + bytes_.size() + offset);
    segment.WorkingMem = reinterpret_cast<char*>(allocation->working()) + offset;
    if (llvm::orc::toSysMemoryProtectionFlags(group.getMemProt()) & llvm::sys::Memory::MF_EXEC) {
      code_offset_ = static_cast<uint32_t>(bytes_.size() + offset);
      code_size_ = static_cast<uint32_t>(segment.ContentSize);
    }
    offset += aligned(segment.ContentSize + segment.ZeroFillSize);
  }
  if (auto error = layout.apply()) return on_allocated(std::move(error));
  on_allocated(std::move(allocation));
}

void ImageMemory::deallocate(std::vector<FinalizedAlloc> allocs,
                             OnDeallocatedFunction on_deallocated) {
  for (auto& alloc : allocs) (void)alloc.release();
  on_deallocated(llvm::Error::success());
}

}  // namespace rigjit
