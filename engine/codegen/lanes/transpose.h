// Between one vector an element and neighbouring elements a lane, within quads of lanes.
#pragma once

#include <array>

#include "codegen/lanes/emitter.h"

namespace rigjit {

using Quads = std::array<llvm::Value*, 4>;

// Rows of 4x4 matrices, one in each quad of lanes: there, lane r of vector c becomes lane c of
// vector r.
Quads transpose_quads(Emitter& e, const Quads& rows);

// Lanes of a and b side by side: in each quad, lanes 0 and 1 of both in the first vector, (a0, b0,
// a1, b1), and lanes 2 and 3 in the second.
std::array<llvm::Value*, 2> pair_lanes(Emitter& e, llvm::Value* a, llvm::Value* b);

}  // namespace rigjit
