#include "codegen/continuity.h"

#include <numbers>

namespace rigjit {
namespace {

using Lane = LaneOps::Value;

// Turns in the unit. 360 is a float; of 2 pi the rest is subtracted as well.
class Turns {
 public:
  Turns(LaneOps& ops, AngleUnit unit) : ops_(ops), unit_(unit), turn_(turn_of(unit)) {}

  Lane half() { return ops_.constant(static_cast<float>(turn_ / 2)); }

  // The whole number of turns nearest to an angle.
  Lane count(Lane angle) {
    return ops_.round_even(ops_.mul(angle, ops_.constant(static_cast<float>(1 / turn_))));
  }

  // angle - count turns
  Lane subtract(Lane angle, Lane count) {
    const auto high = static_cast<float>(turn_);
    Lane result = ops_.fma(count, ops_.constant(-high), angle);
    if (unit_ == AngleUnit::kDegrees) return result;
    return ops_.fma(count, ops_.constant(static_cast<float>(high - turn_)), result);
  }

  // How far an angle is from another on the circle.
  Lane way(Lane angle, Lane previous) {
    Lane difference = ops_.sub(angle, previous);
    return ops_.magnitude(subtract(difference, count(difference)));
  }

 private:
  static double turn_of(AngleUnit unit) {
    return unit == AngleUnit::kDegrees ? 360 : 2 * std::numbers::pi;
  }

  LaneOps& ops_;
  const AngleUnit unit_;
  const double turn_;
};

Lane nearest_turn(LaneOps& ops, Turns& turns, Lane angle, Lane previous) {
  return turns.subtract(angle, turns.count(ops.sub(angle, previous)));
}

LaneOps::Mask is_remembered(LaneOps& ops, Lane previous) {
  return ops.emitter().b.CreateFCmpORD(previous, previous);
}

}  // namespace

Lane emit_nearest_turn(LaneOps& ops, Lane angle, Lane previous, AngleUnit unit) {
  Turns turns(ops, unit);
  return ops.select(is_remembered(ops, previous), nearest_turn(ops, turns, angle, previous), angle);
}

EulerLanes emit_nearest_euler(LaneOps& ops, const EulerLanes& angles, const EulerLanes& previous,
                              LaneOps::Mask lock, LaneOps::Mask opposite, AngleUnit unit) {
  Turns turns(ops, unit);
  // The other triple turns the outer angles by half a turn and mirrors the middle one there.
  const EulerLanes other{ops.add(angles.first, turns.half()), ops.sub(turns.half(), angles.middle),
                         ops.add(angles.last, turns.half())};
  const auto way = [&](const EulerLanes& triple) {
    return ops.add(
        ops.add(turns.way(triple.first, previous.first), turns.way(triple.middle, previous.middle)),
        turns.way(triple.last, previous.last));
  };
  auto* is_other_nearer = ops.less(way(other), way(angles));
  // At lock the outer angles are free, and the other triple has the same sum.
  is_other_nearer = ops.mask_and(is_other_nearer, ops.mask_not(lock));
  EulerLanes result{ops.select(is_other_nearer, other.first, angles.first),
                    ops.select(is_other_nearer, other.middle, angles.middle),
                    ops.select(is_other_nearer, other.last, angles.last)};
  result.first = nearest_turn(ops, turns, result.first, previous.first);
  result.middle = nearest_turn(ops, turns, result.middle, previous.middle);
  result.last = nearest_turn(ops, turns, result.last, previous.last);

  const auto sum = [&](Lane first, Lane last) {
    return ops.add(first, ops.select(opposite, ops.neg(last), last));
  };
  Lane rest = ops.sub(sum(angles.first, angles.last), sum(previous.first, previous.last));
  Lane share = ops.mul(turns.subtract(rest, turns.count(rest)), ops.constant(0.5f));
  result.first = ops.select(lock, ops.add(previous.first, share), result.first);
  result.last = ops.select(
      lock, ops.add(previous.last, ops.select(opposite, ops.neg(share), share)), result.last);

  auto* remembered = is_remembered(ops, previous.first);
  return {ops.select(remembered, result.first, angles.first),
          ops.select(remembered, result.middle, angles.middle),
          ops.select(remembered, result.last, angles.last)};
}

std::vector<Lane> emit_nearest_sign(LaneOps& ops, const std::vector<Lane>& quaternion,
                                    const std::vector<Lane>& previous) {
  Lane dot = ops.mul(quaternion[0], previous[0]);
  for (size_t k = 1; k < 4; ++k) dot = ops.fma(quaternion[k], previous[k], dot);
  // Not for NaN, whose sign bit may be set.
  auto* is_opposite = ops.less(dot, llvm::Constant::getNullValue(dot->getType()));
  std::vector<Lane> result;
  for (Lane component : quaternion) {
    result.push_back(ops.select(is_opposite, ops.neg(component), component));
  }
  return result;
}

}  // namespace rigjit
