// Angles are taken from the basis (plan/rot6d_basis.h) by atan2 of its elements: the first and the
// last from two elements each, which have a common positive factor that needs no division; the
// middle one from a sine and the root of what is left, which stays exact near lock where an arc
// sine loses half its digits.
//
// All six orders and both layouts are one formula whose axes are renamed (rotation_choice.h). At
// lock one of the outer angles is free: it is set to zero, and the other one takes all of the turn.
//
// A quaternion comes from the row of the largest of its four squares (S. Shepperd's choice), by
// selects.
#include "codegen/lanes/rotation.h"

#include "codegen/lanes/angles.h"
#include "codegen/lanes/continuity.h"
#include "codegen/lanes/rotation_choice.h"

namespace rigjit {
namespace {

using Lane = llvm::Value*;
using Vector = Vec3<Lane>;
using Inputs = std::array<Lane, 6>;

// |cos(middle)| below this counts as lock; the angle that is lost then is smaller than the bound on
// errors.
constexpr float kLockCosineSquared = 1e-14f;

struct Columns {
  Vector a1, a2;
};

Columns columns_of(RotationChoice& choice, const Inputs& in) {
  return {{in[0], choice.if_interleaved(in[2], in[1]), choice.if_interleaved(in[4], in[2])},
          {choice.if_interleaved(in[1], in[3]), choice.if_interleaved(in[3], in[4]), in[5]}};
}

Vector by_roles(RotationChoice& choice, const Vector& v) {
  return {choice.by_role(0, v.x, v.y, v.z), choice.by_role(1, v.x, v.y, v.z),
          choice.by_role(2, v.x, v.y, v.z)};
}

// The basis as columns of the matrix, with rows in the order of roles, all of one length.
struct Matrix {
  Vector x, y, z;  // x is the column of axis x
};

Vector scaled(LaneOps& ops, const Vector& v, Lane factor) {
  return {ops.mul(v.x, factor), ops.mul(v.y, factor), ops.mul(v.z, factor)};
}

Vector column_of_role(RotationChoice& choice, uint32_t role, const Matrix& m) {
  return {choice.by_role(role, m.x.x, m.y.x, m.z.x), choice.by_role(role, m.x.y, m.y.y, m.z.y),
          choice.by_role(role, m.x.z, m.y.z, m.z.z)};
}

// Sine and cosine of the first and the last angle, up to a positive factor.
struct OuterAngles {
  Lane first_sin, first_cos, last_sin, last_cos;
};

// At lock the axis that the convention frees is left out by the caller, and the other one turns by
// the whole of what is left.
OuterAngles outer_angles(LaneOps& ops, RotationChoice& choice, const Vector& c0, const Vector& c1,
                         const Vector& c2, LaneOps::Mask columns_lock, LaneOps::Mask rows_lock) {
  OuterAngles a{c1.z, c2.z, c0.y, c0.x};
  if (choice.may_be_columns()) {
    a.first_sin = ops.select(columns_lock, ops.neg(c2.y), a.first_sin);
    a.first_cos = ops.select(columns_lock, c1.y, a.first_cos);
  }
  if (choice.may_be_rows()) {
    a.last_sin = ops.select(rows_lock, ops.neg(c1.x), a.last_sin);
    a.last_cos = ops.select(rows_lock, c1.y, a.last_cos);
  }
  return a;
}

// Lanes at gimbal lock: all of them, and those whose inputs are columns or rows.
struct Locks {
  llvm::Value* any;
  llvm::Value* of_columns;
  llvm::Value* of_rows;
};

Locks locks_of(LaneOps& ops, RotationChoice& choice, const Vector& c0, Lane cos_squared) {
  Lane bound = ops.mul(ops.mul(c0.z, c0.z), ops.constant(kLockCosineSquared));
  auto* lock = ops.less(cos_squared, bound);
  if (!choice.may_be_rows() || !choice.may_be_columns()) return {lock, lock, lock};
  auto& b = ops.emitter().b;
  auto* of_rows = b.CreateAnd(lock, choice.rows_mask());
  return {lock, b.CreateAnd(lock, ops.mask_not(choice.rows_mask())), of_rows};
}

}  // namespace

// One formula from its first line to its last.
// NOLINTNEXTLINE(readability-function-size)
RotationLanes emit_euler(LaneOps& ops, const Inputs& inputs, AngleUnit unit,
                         std::optional<RotationVariant> uniform, Lane choices,
                         const std::vector<Lane>& previous) {
  Emitter& e = ops.emitter();
  RotationChoice choice(ops, uniform, choices);
  const Columns columns = columns_of(choice, inputs);
  auto basis = [&] {
    const Emitter::NameScope scope(e, "basis");
    return rot6d_basis(ops, by_roles(choice, columns.a1), by_roles(choice, columns.a2));
  }();
  const Emitter::NameScope scope(e, "euler");
  // Renaming axes by an odd permutation mirrors the cross product.
  basis.w = {choice.negate_if_odd(basis.w.x), choice.negate_if_odd(basis.w.y),
             choice.negate_if_odd(basis.w.z)};
  // |v| = |u| |w|: the three columns get one length without a division.
  const Matrix unscaled{basis.u, basis.v, basis.w};
  const Matrix matrix{scaled(ops, basis.u, ops.sqrt(basis.w_squared)), basis.v,
                      scaled(ops, basis.w, ops.sqrt(basis.u_squared))};
  const Vector c0 = column_of_role(choice, 0, unscaled);
  const Vector c1 = column_of_role(choice, 1, matrix);
  const Vector c2 = column_of_role(choice, 2, matrix);

  Lane cos_squared = ops.fma(c0.x, c0.x, ops.mul(c0.y, c0.y));
  const Locks locks = locks_of(ops, choice, c0, cos_squared);
  const OuterAngles outer = outer_angles(ops, choice, c0, c1, c2, locks.of_columns, locks.of_rows);
  const auto angle = [&](llvm::StringRef name, auto of) {
    const Emitter::NameScope of_angle(e, name);
    return of();
  };
  Lane first = angle("first", [&] {
    return choice.negate_if_reversed(emit_atan2(ops, outer.first_sin, outer.first_cos, unit));
  });
  Lane tilt = angle(
      "middle", [&] { return emit_atan2_half(ops, ops.neg(c0.z), ops.sqrt(cos_squared), unit); });
  Lane middle = choice.negate_if_reversed(tilt);
  Lane last = angle("last", [&] {
    return choice.negate_if_reversed(emit_atan2(ops, outer.last_sin, outer.last_cos, unit));
  });
  Lane zero = llvm::Constant::getNullValue(first->getType());
  if (choice.may_be_columns()) last = ops.select(locks.of_columns, zero, last);
  if (choice.may_be_rows()) first = ops.select(locks.of_rows, zero, first);

  EulerLanes angles{first, middle, last};
  if (!previous.empty()) {
    const Vector before = by_roles(choice, {previous[0], previous[1], previous[2]});
    // Tilted up, the outer axes of even orders turn against each other; tilted down, with; and the
    // reverse for odd ones, whose tilt is the negated angle.
    angles = emit_nearest_euler(ops, angles, {before.x, before.y, before.z}, locks.any,
                                ops.greater(tilt, zero), unit);
  }
  RotationLanes result{{}, basis.degenerate};
  for (uint32_t axis = 0; axis < 3; ++axis) {
    result.values.push_back(choice.by_axis(axis, {angles.first, angles.middle, angles.last}));
  }
  return result;
}

RotationLanes emit_quaternion(LaneOps& ops, const Inputs& inputs,
                              std::optional<RotationVariant> uniform, Lane choices,
                              const std::vector<Lane>& previous) {
  Emitter& e = ops.emitter();
  RotationChoice choice(ops, uniform, choices);
  const Columns columns = columns_of(choice, inputs);
  const auto basis = [&] {
    const Emitter::NameScope scope(e, "basis");
    return rot6d_basis(ops, columns.a1, columns.a2);
  }();
  const Emitter::NameScope scope(e, "quaternion");
  Lane u_length = ops.sqrt(basis.u_squared);
  Lane w_length = ops.sqrt(basis.w_squared);
  Lane one = ops.constant(1);
  Lane inverse = ops.div(one, ops.mul(u_length, w_length));
  const Vector c0 = scaled(ops, basis.u, ops.mul(w_length, inverse));
  const Vector c1 = scaled(ops, basis.v, inverse);
  const Vector c2 = scaled(ops, basis.w, ops.mul(u_length, inverse));

  // Four times the square of each component; the largest is at least 1, so nothing cancels in its
  // row.
  Lane sum = ops.add(c0.x, c1.y);
  Lane difference = ops.sub(c0.x, c1.y);
  std::array<Lane, 4> squares = {
      ops.add(ops.add(one, c2.z), sum), ops.add(ops.sub(one, c2.z), difference),
      ops.sub(ops.sub(one, c2.z), difference), ops.sub(ops.add(one, c2.z), sum)};
  Lane wx = ops.sub(c1.z, c2.y), wy = ops.sub(c2.x, c0.z), wz = ops.sub(c0.y, c1.x);
  Lane xy = ops.add(c0.y, c1.x), xz = ops.add(c2.x, c0.z), yz = ops.add(c1.z, c2.y);
  const std::array<std::array<Lane, 4>, 4> rows = {{{squares[0], wx, wy, wz},
                                                    {wx, squares[1], xy, xz},
                                                    {wy, xy, squares[2], yz},
                                                    {wz, xz, yz, squares[3]}}};
  std::array<Lane, 4> q = rows[0];
  Lane largest = squares[0];
  for (uint32_t i = 1; i < 4; ++i) {
    auto* is_larger = ops.greater(squares[i], largest);
    largest = ops.select(is_larger, squares[i], largest);
    for (uint32_t k = 0; k < 4; ++k) q[k] = ops.select(is_larger, rows[i][k], q[k]);
  }
  Lane squared = ops.fma(q[0], q[0], ops.fma(q[1], q[1], ops.fma(q[2], q[2], ops.mul(q[3], q[3]))));
  Lane factor = ops.with_sign_of(ops.div(one, ops.sqrt(squared)), q[0]);
  RotationLanes result{{}, basis.degenerate};
  for (uint32_t k = 0; k < 4; ++k) {
    Lane component = ops.mul(q[k], factor);
    result.values.push_back(k == 0 ? component : choice.negate_if_rows(component));
  }
  if (!previous.empty()) result.values = emit_nearest_sign(ops, result.values, previous);
  return result;
}

}  // namespace rigjit
