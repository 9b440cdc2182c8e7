// Sines and cosines of angles of any size, a lane each, with no libm call.
#pragma once

#include "codegen/lanes/lane_ops.h"
#include "plan/plan.h"

namespace rigjit {

struct SinCos {
  LaneOps::Value sin, cos;
};

// Of finite angles in the unit, however many turns: within 1.2e-7. Multiples of 90 degrees give
// exactly 0, 1 and -1, with the zeros of IEEE 754's sinPi and cosPi: a sine of the angle's sign, a
// positive cosine. NaN where the angle is not finite.
SinCos emit_sin_cos(LaneOps& ops, LaneOps::Value angle, AngleUnit unit);

}  // namespace rigjit
