// Between one vector an element and a few neighbouring floats a lane, within quads of lanes.
#pragma once

#include <array>

#include "codegen/emitter.h"

namespace rigjit {

// Swaps rows and columns of every 4 x 4 block: quad q of result[r] holds element r of v[0..3] in
// the same quad, so that lanes 4 q + r become vectors and the other way round.
std::array<llvm::Value*, 4> emit_transposed(Emitter& e, const std::array<llvm::Value*, 4>& v);

// Pairs (a, b) of neighbouring lanes side by side: quad q of result[h] holds the pairs of lanes
// 4 q + 2 h and 4 q + 2 h + 1.
std::array<llvm::Value*, 2> emit_pairs(Emitter& e, llvm::Value* a, llvm::Value* b);

}  // namespace rigjit
