#include "reference/reference_vector.h"

#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

#include "base/default_float_env.h"
#include "plan/rot6d_elements.h"

namespace rigjit {
namespace {

using Matrix = std::array<std::array<double, 3>, 3>;  // [row][column]

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix m{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      for (int k = 0; k < 3; ++k) m[row][column] += a[row][k] * b[k][column];
    }
  }
  return m;
}

struct SinCosine {
  double sin, cos;
};

// Whole turns are taken away exactly in degrees; the C library does it for radians.
SinCosine sin_cos(double angle, AngleUnit unit) {
  if (unit == AngleUnit::kRadians) return {std::sin(angle), std::cos(angle)};
  int quarters = 0;
  const double rest = std::remquo(angle, 90.0, &quarters) * std::numbers::pi / 180;
  const std::array<double, 4> by_quarter = {std::sin(rest), std::cos(rest), -std::sin(rest),
                                            -std::cos(rest)};
  return {by_quarter[quarters & 3], by_quarter[(quarters + 1) & 3]};
}

Matrix turn_about(int axis, const SinCosine& turn) {
  const int u = (axis + 1) % 3;
  const int v = (axis + 2) % 3;
  Matrix m{};
  m[axis][axis] = 1;
  m[u][u] = m[v][v] = turn.cos;
  m[v][u] = turn.sin;
  m[u][v] = -turn.sin;
  return m;
}

Matrix matrix_of_euler(const Rotation& op, const float* angles) {
  constexpr std::array<std::array<int, 3>, 6> kApplied = {
      {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {1, 0, 2}, {2, 1, 0}}};
  Matrix m = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  for (const int axis : kApplied[static_cast<uint8_t>(op.order)]) {
    m = product(turn_about(axis, sin_cos(angles[axis], op.unit)), m);
  }
  return m;
}

// v + 2 w (u x v) + 2 u x (u x v) for the unit quaternion (w, u) and each unit vector v.
Matrix matrix_of_quaternion(const float* components) {
  std::array<double, 4> q{};
  double squared = 0;
  for (int i = 0; i < 4; ++i) {
    q[i] = components[i];
    squared += q[i] * q[i];
  }
  for (double& component : q) component /= std::sqrt(squared);
  const Matrix cross = {{{0, -q[3], q[2]}, {q[3], 0, -q[1]}, {-q[2], q[1], 0}}};
  const Matrix twice = product(cross, cross);
  Matrix m{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      m[row][column] = (row == column) + 2 * (q[0] * cross[row][column] + twice[row][column]);
    }
  }
  return m;
}

class VectorEvaluator {
 public:
  VectorEvaluator(const Plan& plan, std::span<const float> values)
      : values_(values), vec_(plan.input_count()) {}

  void operator()(const Affine& op) {
    const float value = values_[op.channel];
    vec_[op.input] = op.type == ChannelType::kBool ? double{input_of_bool(op, value != 0)}
                                                   : (double{value} - op.center) / op.scale;
  }

  void operator()(const Angle& op) {
    const SinCosine turn = sin_cos(values_[op.channel], op.unit);
    vec_[op.input] = op.cos_first ? turn.cos : turn.sin;
    vec_[op.input + 1] = op.cos_first ? turn.sin : turn.cos;
  }

  void operator()(const Rotation& op) {
    const Matrix m = op.output == RotationOutput::kEuler
                         ? matrix_of_euler(op, &values_[op.channel])
                         : matrix_of_quaternion(&values_[op.channel]);
    for (uint32_t which = 0; which < 2; ++which) {
      for (uint32_t axis = 0; axis < 3; ++axis) {
        vec_[op.input + rot6d_element(op.layout, which, axis)] =
            op.layout == Rot6dLayout::kRows ? m[which][axis] : m[axis][which];
      }
    }
  }

  void operator()(const OneHot& op) {
    const auto index = static_cast<uint32_t>(values_[op.channel]);
    for (uint32_t i = 0; i < op.count; ++i) vec_[op.input + i] = i == index ? 1 : 0;
  }

  void operator()(const Constant&) {}

  [[nodiscard]] std::vector<double> take() && { return std::move(vec_); }

 private:
  std::span<const float> values_;
  std::vector<double> vec_;
};

}  // namespace

float input_of_bool(const Affine& op, bool value) {
  const DefaultFloatEnv env;
  const auto gives_it = [&](float input) {
    const float number = std::fma(input, op.scale, op.center);
    return std::isfinite(number) && (number >= 0.5f) == value;
  };
  float input = input_for(op, value ? 1 : 0);
  // With a center far from 0 the numbers that float32 has lie further apart than false and true.
  if (!gives_it(input))
    input = std::nextafter(input, value == (op.scale > 0) ? INFINITY : -INFINITY);
  return gives_it(input) ? input : NAN;
}

std::vector<double> evaluate_vector(const Plan& plan, std::span<const float> values) {
  assert(values.size() == plan.channel_count());
  const DefaultFloatEnv env;
  VectorEvaluator evaluator(plan, values);
  for (const Operation& operation : plan.operations()) std::visit(evaluator, operation);
  return std::move(evaluator).take();
}

}  // namespace rigjit
