// Angles from sines and cosines, a lane each, with no libm call.
#pragma once

#include "codegen/lanes/lane_ops.h"
#include "plan/plan.h"

namespace rigjit {

// atan2(y, x) in the unit, in [-180, 180] degrees; NaN where both are zero. Any finite length,
// denormals included. Within 1e-7 rad.
LaneOps::Value emit_atan2(LaneOps& ops, LaneOps::Value y, LaneOps::Value x, AngleUnit unit);

// The same for x >= 0: in [-90, 90] degrees.
LaneOps::Value emit_atan2_half(LaneOps& ops, LaneOps::Value y, LaneOps::Value x, AngleUnit unit);

}  // namespace rigjit
