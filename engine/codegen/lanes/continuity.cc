// Whole turns are counted by adding and subtracting 1.5 * 2^23: what a float32 of that size cannot
// hold is rounded away, half to even. It holds up to 2^22 turns.
#include "codegen/lanes/continuity.h"

#include <numbers>

namespace rigjit {
namespace {

using Lane = LaneOps::Value;

// Turns in the unit. 360 is a float; of 2 pi the rest is subtracted as well.
class Turns {
 public:
  Turns(LaneOps& ops, AngleUnit unit)
      : ops_(ops), unit_(unit), turn_(unit == AngleUnit::kDegrees ? 360 : 2 * std::numbers::pi) {}

  Lane constant(double turns) { return ops_.constant(static_cast<float>(turns * turn_)); }

  // The whole number of turns nearest to an angle, by what a large sum loses: up to 2^22 turns.
  Lane count(Lane angle) {
    Lane large = ops_.constant(0x1.8p23f);
    return ops_.sub(ops_.fma(angle, ops_.constant(static_cast<float>(1 / turn_)), large), large);
  }

  // angle - count turns
  Lane subtract(Lane angle, Lane count) {
    const auto high = static_cast<float>(turn_);
    Lane result = ops_.fma(count, ops_.constant(-high), angle);
    if (unit_ == AngleUnit::kDegrees) return result;
    return ops_.fma(count, ops_.constant(static_cast<float>(high - turn_)), result);
  }

 private:
  LaneOps& ops_;
  const AngleUnit unit_;
  const double turn_;
};

// An angle at the turn nearest to where it was, and the way there: within half a turn.
struct Moved {
  Lane angle, way;
};

Moved move(Turns& turns, LaneOps& ops, Lane angle, Lane previous) {
  Lane difference = ops.sub(angle, previous);
  Lane count = turns.count(difference);
  return {turns.subtract(angle, count), turns.subtract(difference, count)};
}

LaneOps::Mask is_remembered(LaneOps& ops, Lane previous) {
  return ops.emitter().b.CreateFCmpORD(previous, previous);
}

}  // namespace

Lane emit_nearest_turn(LaneOps& ops, Lane angle, Lane previous, AngleUnit unit) {
  const Emitter::NameScope scope(ops.emitter(), "nearest");
  Turns turns(ops, unit);
  return ops.select(is_remembered(ops, previous), move(turns, ops, angle, previous).angle, angle);
}

EulerLanes emit_nearest_euler(LaneOps& ops, const EulerLanes& angles, const EulerLanes& previous,
                              LaneOps::Mask lock, LaneOps::Mask opposite, AngleUnit unit) {
  const Emitter::NameScope scope(ops.emitter(), "nearest");
  Turns turns(ops, unit);
  const Moved first = move(turns, ops, angles.first, previous.first);
  const Moved middle = move(turns, ops, angles.middle, previous.middle);
  const Moved last = move(turns, ops, angles.last, previous.last);

  // The other triple turns the outer angles by half a turn, whose ways are the rest of half a turn,
  // and mirrors the middle one there. Its sum of ways is the smaller one if
  // 1 turn - first - last + other middle < first + last + middle.
  const Moved mirrored =
      move(turns, ops, ops.sub(turns.constant(0.5), angles.middle), previous.middle);
  Lane outer = ops.add(ops.magnitude(first.way), ops.magnitude(last.way));
  auto* is_other = ops.less(ops.add(turns.constant(1), ops.magnitude(mirrored.way)),
                            ops.fma(outer, ops.constant(2), ops.magnitude(middle.way)));
  const auto half_a_turn_back = [&](const Moved& moved) {
    Lane half = ops.with_sign_of(turns.constant(0.5), moved.way);
    return ops.select(is_other, ops.sub(moved.angle, half), moved.angle);
  };
  EulerLanes result{half_a_turn_back(first), ops.select(is_other, mirrored.angle, middle.angle),
                    half_a_turn_back(last)};

  // At lock only the sum of the outer angles is given: they share its way. The middle one is the
  // same in both triples.
  const auto with_sign = [&](Lane v) { return ops.select(opposite, ops.neg(v), v); };
  Lane rest = ops.add(first.way, with_sign(last.way));
  Lane share = ops.mul(turns.subtract(rest, turns.count(rest)), ops.constant(0.5f));
  result.first = ops.select(lock, ops.add(previous.first, share), result.first);
  result.last = ops.select(lock, ops.add(previous.last, with_sign(share)), result.last);

  auto* remembered = is_remembered(ops, previous.first);
  return {ops.select(remembered, result.first, angles.first),
          ops.select(remembered, result.middle, angles.middle),
          ops.select(remembered, result.last, angles.last)};
}

std::vector<Lane> emit_nearest_sign(LaneOps& ops, const std::vector<Lane>& quaternion,
                                    const std::vector<Lane>& previous) {
  const Emitter::NameScope scope(ops.emitter(), "nearest");
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
