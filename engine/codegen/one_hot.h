// Enums that a network gives one number for each name.
#pragma once

#include "codegen/emitter.h"
#include "plan/plan.h"

namespace rigjit {

// Leaves the index of the largest input, as a float, at float `result` of the scratch. Returns an
// i32: nonzero if an input is NaN.
llvm::Value* emit_one_hot(Emitter& e, const OneHot& op, uint32_t result);

}  // namespace rigjit
