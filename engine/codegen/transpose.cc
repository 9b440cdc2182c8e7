#include "codegen/transpose.h"

#include <vector>

namespace rigjit {

Quads transpose_quads(Emitter& e, const Quads& rows) {
  const auto mix = [&](llvm::Value* a, llvm::Value* b, std::array<uint32_t, 4> pattern) {
    std::vector<int> mask;
    for (uint32_t quad = 0; quad < e.lanes; quad += 4) {
      for (uint32_t p : pattern) {
        mask.push_back(static_cast<int>(quad + p % 4 + (p < 4 ? 0 : e.lanes)));
      }
    }
    return e.b.CreateShuffleVector(a, b, mask);
  };
  constexpr std::array<uint32_t, 4> kLow = {0, 4, 1, 5}, kHigh = {2, 6, 3, 7};
  constexpr std::array<uint32_t, 4> kFirst = {0, 1, 4, 5}, kSecond = {2, 3, 6, 7};
  auto* low01 = mix(rows[0], rows[1], kLow);
  auto* low23 = mix(rows[2], rows[3], kLow);
  auto* high01 = mix(rows[0], rows[1], kHigh);
  auto* high23 = mix(rows[2], rows[3], kHigh);
  return {mix(low01, low23, kFirst), mix(low01, low23, kSecond), mix(high01, high23, kFirst),
          mix(high01, high23, kSecond)};
}

}  // namespace rigjit
