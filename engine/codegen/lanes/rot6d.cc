// The matrix of three turns, written out for a cyclic permutation of axes; odd ones turn by negated
// angles. Of a quaternion q the matrix is that of q / |q|: two over its squared length takes the
// place of a root.
#include "codegen/lanes/rot6d.h"

#include "codegen/lanes/rotation_choice.h"
#include "codegen/lanes/sines.h"

namespace rigjit {
namespace {

using Lane = llvm::Value*;
using Column = std::array<Lane, 3>;

// Columns of axes x and y, each in the order x, y, z.
Rot6dLanes placed(RotationChoice& choice, const Column& x, const Column& y, Lane degenerate) {
  return {{x[0], choice.if_interleaved(y[0], x[1]), choice.if_interleaved(x[1], x[2]),
           choice.if_interleaved(y[1], y[0]), choice.if_interleaved(x[2], y[1]), y[2]},
          degenerate};
}

// Lanes in which any of the values is not finite.
template <size_t count>
LaneOps::Mask not_finite(LaneOps& ops, const std::array<Lane, count>& values) {
  Lane zero = llvm::Constant::getNullValue(values[0]->getType());
  Lane sum = zero;
  for (Lane value : values) sum = ops.fma(value, zero, sum);
  return ops.emitter().b.CreateFCmpUNO(sum, sum);
}

// R3(c) R2(b) R1(a) about the axes of roles 2, 1 and 0, a cyclic permutation: [column][row].
std::array<Column, 3> matrix_of_roles(LaneOps& ops, const std::array<SinCos, 3>& turns) {
  const auto& [a, b, c] = turns;
  Lane sin_ab = ops.mul(b.sin, a.sin);
  Lane sin_b_cos_a = ops.mul(b.sin, a.cos);
  return {{{ops.mul(c.cos, b.cos), ops.mul(c.sin, b.cos), ops.neg(b.sin)},
           {ops.fma(c.cos, sin_ab, ops.neg(ops.mul(c.sin, a.cos))),
            ops.fma(c.sin, sin_ab, ops.mul(c.cos, a.cos)), ops.mul(b.cos, a.sin)},
           {ops.fma(c.cos, sin_b_cos_a, ops.mul(c.sin, a.sin)),
            ops.fma(c.sin, sin_b_cos_a, ops.neg(ops.mul(c.cos, a.sin))), ops.mul(b.cos, a.cos)}}};
}

Lane power_of_two_near_inverse(LaneOps& ops, const std::array<Lane, 4>& q) {
  Lane w = ops.magnitude(q[0]);
  Lane x = ops.magnitude(q[1]);
  return ops.power_of_two_near_inverse(ops.select(ops.greater(w, x), w, x), q[2], q[3]);
}

}  // namespace

Rot6dLanes emit_rot6d_of_euler(LaneOps& ops, const std::array<Lane, 3>& angles, AngleUnit unit,
                               std::optional<RotationVariant> uniform, Lane choices) {
  const Emitter::NameScope scope(ops.emitter(), "rot6d");
  RotationChoice choice(ops, uniform, choices);
  std::array<SinCos, 3> of_axis;
  for (uint32_t axis = 0; axis < 3; ++axis) {
    of_axis[axis] = emit_sin_cos(ops, angles[axis], unit);
    of_axis[axis].sin = choice.negate_if_reversed(of_axis[axis].sin);
  }
  std::array<SinCos, 3> turns;
  for (uint32_t role = 0; role < 3; ++role) {
    turns[role] = {choice.by_role(role, of_axis[0].sin, of_axis[1].sin, of_axis[2].sin),
                   choice.by_role(role, of_axis[0].cos, of_axis[1].cos, of_axis[2].cos)};
  }
  const std::array<Column, 3> m = matrix_of_roles(ops, turns);
  std::array<Column, 2> columns;
  for (uint32_t column = 0; column < 2; ++column) {
    Column by_role;
    for (uint32_t row = 0; row < 3; ++row) {
      by_role[row] = choice.by_axis(column, {m[0][row], m[1][row], m[2][row]});
    }
    for (uint32_t axis = 0; axis < 3; ++axis) columns[column][axis] = choice.by_axis(axis, by_role);
  }
  return placed(choice, columns[0], columns[1], not_finite(ops, angles));
}

Rot6dLanes emit_rot6d_of_quaternion(LaneOps& ops, const std::array<Lane, 4>& q,
                                    std::optional<RotationVariant> uniform, Lane choices) {
  const Emitter::NameScope scope(ops.emitter(), "rot6d");
  RotationChoice choice(ops, uniform, choices);
  Lane factor = power_of_two_near_inverse(ops, q);
  Lane w = ops.mul(q[0], factor);
  // Rows are the columns of the conjugate's matrix.
  Lane x = choice.negate_if_rows(ops.mul(q[1], factor));
  Lane y = choice.negate_if_rows(ops.mul(q[2], factor));
  Lane z = choice.negate_if_rows(ops.mul(q[3], factor));
  Lane squared = ops.fma(w, w, ops.fma(x, x, ops.fma(y, y, ops.mul(z, z))));
  Lane zero = llvm::Constant::getNullValue(w->getType());
  auto* degenerate = ops.mask_not(ops.greater(squared, zero));
  Lane s = ops.div(ops.constant(2), squared);
  const auto one_minus = [&](Lane a, Lane b) {  // 1 - s (a^2 + b^2)
    return ops.fma(ops.neg(s), ops.fma(a, a, ops.mul(b, b)), ops.constant(1));
  };
  const auto twice = [&](Lane a, Lane b, Lane c, Lane d) {  // s (a b + c d)
    return ops.mul(s, ops.fma(a, b, ops.mul(c, d)));
  };
  const Column column_x = {one_minus(y, z), twice(x, y, w, z), twice(x, z, ops.neg(w), y)};
  const Column column_y = {twice(x, y, ops.neg(w), z), one_minus(x, z), twice(y, z, w, x)};
  return placed(choice, column_x, column_y, degenerate);
}

}  // namespace rigjit
