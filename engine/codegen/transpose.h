// Four vectors as rows of 4x4 matrices, one in each quad of lanes.
#pragma once

#include <array>

#include "codegen/emitter.h"

namespace rigjit {

using Quads = std::array<llvm::Value*, 4>;

// In each quad of lanes, lane r of vector c becomes lane c of vector r.
Quads transpose_quads(Emitter& e, const Quads& rows);

}  // namespace rigjit
