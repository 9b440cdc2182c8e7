// Enums that a network gives one number for each name.
#pragma once

#include <span>

#include "codegen/lanes/emitter.h"
#include "codegen/lanes/types_and_limits.h"
#include "plan/plan.h"

namespace rigjit {

// `operations`: at most e.lanes indices of OneHots. Leaves the index of the largest input of each
// at floats `result`, `result` + 1 ... of the scratch, as floats or, in the message's form, as
// int32; up to a vector from `result` on may be overwritten. Returns an i32: nonzero if an input is
// NaN.
llvm::Value* emit_one_hots(Emitter& e, const Plan& plan, std::span<const uint32_t> operations,
                           uint32_t result, ValueForm form);

}  // namespace rigjit
