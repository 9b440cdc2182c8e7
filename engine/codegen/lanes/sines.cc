// The angle is reduced to an eighth of a turn around a quarter, where sine and cosine are short
// polynomials that swap and change signs by the number of the quarter. All is in the reduction:
// degrees subtract multiples of 360, 2^20 times smaller each time, exactly; radians have no exact
// turn, so that the fraction of a turn is added up from products with pieces of 1 / (2 pi), of
// which whole parts are dropped.
#include "codegen/lanes/sines.h"

#include <array>
#include <cmath>
#include <numbers>

namespace rigjit {
namespace {

using Lanes = LaneOps::Value;

// On [-pi/4, pi/4]: sin(t) = t + t^3 p(t^2), cos(t) = 1 - t^2/2 + t^4 p(t^2). From sinf.c of
// S. Moshier's Cephes library.
constexpr std::array<float, 3> kSin = {-1.6666654611e-1f, 8.3321608736e-3f, -1.9515295891e-4f};
constexpr std::array<float, 3> kCos = {4.166664568298827e-2f, -1.388731625493765e-3f,
                                       2.443315711809948e-5f};

// 1 / (2 pi) in pieces of 26 bits: a float32 times a piece is exact in double. What is left out is
// less than 2^-56 of a turn for the largest float32.
constexpr std::array<double, 7> kTurnsPerRadian = {0x28be60dp-28,  0x2e4e441p-54,  0x14a7f09p-80,
                                                   0x357d1f5p-106, 0x0d37703p-132, 0x1b62959p-158,
                                                   0x24f10e4p-184};

// Added and subtracted, they round to whole numbers, which the low bits of the sum hold.
constexpr float kRounder = 0x1.8p23f;
constexpr double kWideRounder = 0x1.8p52;

// An angle as `quarters` (<lanes x i32>, modulo 4) of a turn and a rest within half a quarter.
struct Reduced {
  Lanes radians;
  Lanes quarters;
};

// Whole turns, times powers of two, are subtracted from the largest down. Every difference is
// exact: it is a multiple of the last place of the angle or of the step, and no longer than either.
Reduced reduce_degrees(LaneOps& ops, Lanes angle) {
  const Emitter::NameScope scope(ops.emitter(), "reduce");
  auto& b = ops.emitter().b;
  Lanes rounder = ops.constant(kRounder);
  Lanes rounded = nullptr;
  const auto subtract_multiples_of = [&](float step) {
    rounded = ops.fma(angle, ops.constant(1 / step), rounder);
    angle = ops.fma(ops.sub(rounder, rounded), ops.constant(step), angle);
  };
  for (int power = 100; power >= 0; power -= 20) subtract_multiples_of(std::ldexp(360.0f, power));
  subtract_multiples_of(90);
  constexpr double kRadians = std::numbers::pi / 180;
  constexpr auto kHigh = static_cast<float>(kRadians);
  Lanes low = ops.mul(angle, ops.constant(static_cast<float>(kRadians - kHigh)));
  Lanes quarters =
      b.CreateBitCast(rounded, llvm::FixedVectorType::get(b.getInt32Ty(), ops.emitter().lanes));
  return {ops.fma(angle, ops.constant(kHigh), low), quarters};
}

// The fractions of a turn that each piece gives, added up (the idea of Payne and Hanek, "Radian
// Reduction for Trigonometric Functions", 1983).
Reduced reduce_radians(LaneOps& ops, Lanes angle) {
  Emitter& e = ops.emitter();
  const Emitter::NameScope scope(e, "reduce");
  auto& b = e.b;
  auto* wide = llvm::FixedVectorType::get(b.getDoubleTy(), e.lanes);
  const auto constant = [&](double x) {
    return b.CreateVectorSplat(e.lanes, e.constant_vector(b.getDoubleTy(), std::vector{x}, "k"),
                               "in_all_lanes");
  };
  Lanes rounder = constant(kWideRounder);
  Lanes whole_from = constant(0x1p51);
  Lanes negative_from = constant(-0x1p51);
  Lanes x = b.CreateFPExt(angle, wide);
  Lanes turns = llvm::Constant::getNullValue(wide);
  for (const double piece : kTurnsPerRadian) {
    Lanes product = b.CreateFMul(x, constant(piece));
    Lanes rounded = b.CreateFSub(b.CreateFAdd(product, rounder), rounder);
    // A product of 50 bits beyond 2^51 is whole.
    Lanes is_small =
        b.CreateAnd(b.CreateFCmpOLT(product, whole_from), b.CreateFCmpOGT(product, negative_from));
    Lanes fraction = b.CreateFSub(product, b.CreateSelect(is_small, rounded, product));
    turns = b.CreateFAdd(turns, fraction);
  }
  Lanes quarters = b.CreateFMul(turns, constant(4));
  Lanes sum = b.CreateFAdd(quarters, rounder);
  Lanes rest = b.CreateFSub(quarters, b.CreateFSub(sum, rounder));
  Lanes radians = b.CreateFMul(rest, constant(std::numbers::pi / 2));
  Lanes words = b.CreateBitCast(sum, llvm::FixedVectorType::get(b.getInt64Ty(), e.lanes));
  return {b.CreateFPTrunc(radians, angle->getType()),
          b.CreateTrunc(words, llvm::FixedVectorType::get(b.getInt32Ty(), e.lanes))};
}

Lanes polynomial(LaneOps& ops, const std::array<float, 3>& c, Lanes z, llvm::StringRef name) {
  const Emitter::NameScope scope(ops.emitter(), name);
  return ops.fma(ops.fma(ops.constant(c[2]), z, ops.constant(c[1])), z, ops.constant(c[0]));
}

}  // namespace

SinCos emit_sin_cos(LaneOps& ops, Lanes angle, AngleUnit unit) {
  Emitter& e = ops.emitter();
  const Emitter::NameScope scope(e, "sin_cos");
  auto& b = e.b;
  const Reduced reduced =
      unit == AngleUnit::kDegrees ? reduce_degrees(ops, angle) : reduce_radians(ops, angle);
  Lanes t = reduced.radians;
  Lanes z = ops.mul(t, t);
  Lanes sin = ops.fma(ops.mul(t, z), polynomial(ops, kSin, z, "sin"), t);
  Lanes cos = ops.fma(ops.mul(z, z), polynomial(ops, kCos, z, "cos"),
                      ops.fma(z, ops.constant(-0.5f), ops.constant(1)));

  auto* words = reduced.quarters->getType();
  const auto word = [&](uint32_t x) { return e.splat_bits(x); };
  Lanes zero = llvm::Constant::getNullValue(words);
  auto* is_odd = b.CreateICmpNE(b.CreateAnd(reduced.quarters, word(1)), zero);
  // The second bit of the quarter is the sign of the sine, of the next quarter that of the cosine.
  const auto signed_by = [&](Lanes value, Lanes quarter) {
    Lanes sign = b.CreateShl(b.CreateAnd(quarter, word(2)), llvm::ConstantInt::get(words, 30));
    return b.CreateBitCast(b.CreateXor(b.CreateBitCast(value, words), sign), angle->getType());
  };
  Lanes next = b.CreateAdd(reduced.quarters, word(1));
  SinCos result{signed_by(ops.select(is_odd, cos, sin), reduced.quarters),
                signed_by(ops.select(is_odd, sin, cos), next)};
  Lanes none = llvm::Constant::getNullValue(angle->getType());
  auto* sin_is_zero = b.CreateFCmpOEQ(result.sin, none);
  result.sin = ops.select(sin_is_zero, ops.with_sign_of(none, angle), result.sin);
  result.cos = ops.add(result.cos, none);  // -0 + 0 = 0
  return result;
}

}  // namespace rigjit
