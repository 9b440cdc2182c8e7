// A gather from anywhere costs a load a lane. Channels that are wanted together lie together,
// mostly, so whole vectors are loaded, permuted and merged: one load where all lie in one window.
#include "codegen/lanes/lane_gather.h"

#include <llvm/IR/IntrinsicsX86.h>

#include <algorithm>

namespace rigjit {
namespace {

struct Window {
  uint32_t begin;
  std::vector<uint32_t> lanes;  // those that take their number from it
};

std::vector<Window> windows_of(const std::vector<uint32_t>& indices, uint32_t floats,
                               uint32_t width) {
  std::vector<Window> windows;
  for (uint32_t lane = 0; lane < indices.size(); ++lane) {
    const uint32_t index = indices[lane];
    auto window = std::ranges::find_if(
        windows, [&](const Window& w) { return index >= w.begin && index < w.begin + width; });
    if (window == windows.end()) {
      window = windows.insert(windows.end(), {std::min(index, floats - width), {}});
    }
    window->lanes.push_back(lane);
  }
  return windows;
}

llvm::Value* permute(Emitter& e, llvm::Value* window, const std::vector<uint32_t>& places) {
  const std::vector<int> mask(places.begin(), places.end());
  if (e.lanes == 4) return e.b.CreateShuffleVector(window, mask);
  auto* type = llvm::FixedVectorType::get(e.b.getInt32Ty(), e.lanes);
  llvm::Value* indices = e.constant_vector(type, places, "places");
  const auto intrinsic =
      e.lanes == 16 ? llvm::Intrinsic::x86_avx512_permvar_sf_512 : llvm::Intrinsic::x86_avx2_permps;
  return e.b.CreateIntrinsic(intrinsic, {}, {window, indices});
}

}  // namespace

llvm::Value* emit_gather(Emitter& e, llvm::Value* array, uint32_t floats,
                         const std::vector<uint32_t>& indices) {
  const Emitter::NameScope scope(e, "gathered");
  llvm::Value* result = nullptr;
  for (const Window& window : windows_of(indices, floats, e.lanes)) {
    llvm::Value* loaded = e.load(e.floats(e.lanes), array, 4 * uint64_t{window.begin}, 4, "values");
    std::vector<uint32_t> places(e.lanes, 0);
    std::vector<llvm::Constant*> mask(e.lanes, e.b.getFalse());
    bool in_place = true;
    for (uint32_t lane : window.lanes) {
      places[lane] = indices[lane] - window.begin;
      mask[lane] = e.b.getTrue();
      in_place &= places[lane] == lane;
    }
    if (!in_place) loaded = permute(e, loaded, places);
    result = result ? e.b.CreateSelect(llvm::ConstantVector::get(mask), loaded, result) : loaded;
  }
  return result;
}

}  // namespace rigjit
