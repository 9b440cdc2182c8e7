// Two rounds of shuffles within quads of lanes, which every target does in one instruction each.
#include "codegen/lanes/transpose.h"

#include <vector>

namespace rigjit {
namespace {

// Every quad of lanes by one pattern: 0 to 3 are lanes of a, 4 to 7 of b.
llvm::Value* mix(Emitter& e, llvm::Value* a, llvm::Value* b, std::array<uint32_t, 4> pattern) {
  std::vector<int> mask;
  for (uint32_t quad = 0; quad < e.lanes; quad += 4) {
    for (uint32_t p : pattern) {
      mask.push_back(static_cast<int>(quad + p % 4 + (p < 4 ? 0 : e.lanes)));
    }
  }
  return e.b.CreateShuffleVector(a, b, mask);
}

}  // namespace

std::array<llvm::Value*, 2> pair_lanes(Emitter& e, llvm::Value* a, llvm::Value* b) {
  return {mix(e, a, b, {0, 4, 1, 5}), mix(e, a, b, {2, 6, 3, 7})};
}

Quads transpose_quads(Emitter& e, const Quads& rows) {
  constexpr std::array<uint32_t, 4> kFirst = {0, 1, 4, 5}, kSecond = {2, 3, 6, 7};
  const auto [low01, high01] = pair_lanes(e, rows[0], rows[1]);
  const auto [low23, high23] = pair_lanes(e, rows[2], rows[3]);
  return {mix(e, low01, low23, kFirst), mix(e, low01, low23, kSecond),
          mix(e, high01, high23, kFirst), mix(e, high01, high23, kSecond)};
}

}  // namespace rigjit
