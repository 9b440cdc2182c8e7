#include "codegen/lane_transpose.h"

namespace rigjit {
namespace {

// Every quad of lanes by one pattern: 0 to 3 are lanes of a, 4 to 7 of b.
llvm::Value* mix(Emitter& e, llvm::Value* a, llvm::Value* b, std::array<uint32_t, 4> pattern) {
  std::vector<int> mask;
  for (uint32_t quad = 0; quad < e.lanes; quad += 4) {
    for (const uint32_t place : pattern) {
      mask.push_back(static_cast<int>(quad + place % 4 + (place < 4 ? 0 : e.lanes)));
    }
  }
  return e.b.CreateShuffleVector(a, b, mask);
}

}  // namespace

std::array<llvm::Value*, 2> emit_pairs(Emitter& e, llvm::Value* a, llvm::Value* b) {
  return {mix(e, a, b, {0, 4, 1, 5}), mix(e, a, b, {2, 6, 3, 7})};
}

std::array<llvm::Value*, 4> emit_transposed(Emitter& e, const std::array<llvm::Value*, 4>& v) {
  const auto [low01, high01] = emit_pairs(e, v[0], v[1]);
  const auto [low23, high23] = emit_pairs(e, v[2], v[3]);
  return {mix(e, low01, low23, {0, 1, 4, 5}), mix(e, low01, low23, {2, 3, 6, 7}),
          mix(e, high01, high23, {0, 1, 4, 5}), mix(e, high01, high23, {2, 3, 6, 7})};
}

}  // namespace rigjit
