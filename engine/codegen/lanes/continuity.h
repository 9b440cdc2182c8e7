// Of the numbers that mean the same pose, those nearest to the frame before, a lane each. Where
// nothing is remembered (NaN), values stay as they are.
#pragma once

#include <vector>

#include "codegen/lanes/lane_ops.h"
#include "plan/plan.h"

namespace rigjit {

// Euler angles in the order of application.
struct EulerLanes {
  LaneOps::Value first, middle, last;
};

// `angle` plus whole turns, within half a turn of `previous`.
LaneOps::Value emit_nearest_turn(LaneOps& ops, LaneOps::Value angle, LaneOps::Value previous,
                                 AngleUnit unit);

// The nearer of both triples of angles of a rotation, by the sum of the ways that the angles go,
// each with the nearest turn. At lock, where only a sum of the outer angles is given, they share
// the way equally: lock: lanes at lock, where one of the outer angles is zero; opposite: lanes in
// which the sum is first - last, elsewhere it is first + last.
EulerLanes emit_nearest_euler(LaneOps& ops, const EulerLanes& angles, const EulerLanes& previous,
                              LaneOps::Mask lock, LaneOps::Mask opposite, AngleUnit unit);

// A quaternion or its negative, whichever is nearer.
std::vector<LaneOps::Value> emit_nearest_sign(LaneOps& ops,
                                              const std::vector<LaneOps::Value>& quaternion,
                                              const std::vector<LaneOps::Value>& previous);

}  // namespace rigjit
