// atan2 by one division and one polynomial. The smaller of |y| and |x| is divided by the larger, so
// that the quotient is at most 1, where an odd polynomial of degree 17 is right to 1.7 ulp; then
// the angle is mirrored at the diagonal and at the axes by selects. The polynomial is scaled to the
// unit when the code is made, so that degrees cost no multiplication.
#include "codegen/lanes/angles.h"

#include <array>
#include <numbers>

namespace rigjit {
namespace {

// atan(t) = t + t^3 p(t^2) on [0, 1]: minimax in relative error (1.7e-8) by Lawson's iteration.
constexpr std::array<double, 8> kAtan = {
    -0.3333315272727512, 0.19993772621322997, -0.14211053507513485,  0.10665997356837743,
    -0.0755219840446445, 0.0432116697836839,  -0.016367808638746803, 0.002920661976178403};

constexpr std::array<const char*, 8> kNames = {"atan.c0", "atan.c1", "atan.c2", "atan.c3",
                                               "atan.c4", "atan.c5", "atan.c6", "atan.c7"};

double units_per_radian(AngleUnit unit) {
  return unit == AngleUnit::kDegrees ? 180 / std::numbers::pi : 1;
}

// A quarter turn is exact in degrees, so it is subtracted in the unit.
float quarter_turns(int count, AngleUnit unit) {
  return static_cast<float>(count * std::numbers::pi / 2 * units_per_radian(unit));
}

LaneOps::Value emit_first_quadrant(LaneOps& ops, LaneOps::Value y, LaneOps::Value x,
                                   AngleUnit unit) {
  const Emitter::NameScope scope(ops.emitter(), "atan");
  const double factor = units_per_radian(unit);
  auto* y_is_larger = ops.greater(y, x);
  auto* t = ops.div(ops.select(y_is_larger, x, y), ops.select(y_is_larger, y, x));
  auto* z = ops.mul(t, t);
  const auto coefficient = [&](size_t i) {
    return ops.constant(static_cast<float>(kAtan[i] * factor), kNames[i]);
  };
  auto* p = coefficient(kAtan.size() - 1);
  for (size_t i = kAtan.size() - 1; i-- > 0;) {
    p = ops.emitter().named(ops.fma(p, z, coefficient(i)), "atan.p" + llvm::Twine(i));
  }
  auto* tail = ops.mul(ops.mul(t, z), p);
  auto* angle = ops.fma(t, ops.constant(static_cast<float>(factor)), tail);
  return ops.select(y_is_larger,
                    ops.sub(ops.constant(quarter_turns(1, unit), "quarter_turn"), angle), angle);
}

}  // namespace

LaneOps::Value emit_atan2(LaneOps& ops, LaneOps::Value y, LaneOps::Value x, AngleUnit unit) {
  auto* angle = emit_first_quadrant(ops, ops.magnitude(y), ops.magnitude(x), unit);
  auto* beyond = ops.sub(ops.constant(quarter_turns(2, unit), "half_turn"), angle);
  return ops.with_sign_of(ops.select(ops.is_negative(x), beyond, angle), y);
}

LaneOps::Value emit_atan2_half(LaneOps& ops, LaneOps::Value y, LaneOps::Value x, AngleUnit unit) {
  return ops.with_sign_of(emit_first_quadrant(ops, ops.magnitude(y), x, unit), y);
}

}  // namespace rigjit
