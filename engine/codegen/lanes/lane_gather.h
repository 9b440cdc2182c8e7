// Numbers of an array from anywhere to lanes: whole vectors are loaded and permuted.
#pragma once

#include <vector>

#include "codegen/lanes/emitter.h"

namespace rigjit {

// Lane i takes array[indices[i]]; one index a lane. The array has `floats` floats, at least
// e.lanes, none of which need be aligned beyond 4; nothing outside is read.
llvm::Value* emit_gather(Emitter& e, llvm::Value* array, uint32_t floats,
                         const std::vector<uint32_t>& indices);

}  // namespace rigjit
