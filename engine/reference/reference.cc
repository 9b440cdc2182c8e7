#include "reference/reference.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

#include "base/default_float_env.h"
#include "plan/rot6d_elements.h"

namespace rigjit {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;  // [row][column]

// Below this cosine of the middle angle the first and the last axis count as one.
constexpr double kLockCosine = 1e-7;

double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Vector normalized(Vector a) {
  const double largest = std::max({std::abs(a[0]), std::abs(a[1]), std::abs(a[2])});
  for (double& x : a) x /= largest;
  const double length = std::sqrt(dot(a, a));
  for (double& x : a) x /= length;
  return a;
}

Vector without_part_along(const Vector& unit, Vector a) {
  const double part = dot(unit, a);
  for (int i = 0; i < 3; ++i) a[i] -= part * unit[i];
  return a;
}

Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

// Zhou et al., "On the Continuity of Rotation Representations in Neural Networks", 2019. The second
// subtraction restores what the first loses when the columns are nearly parallel.
Matrix gram_schmidt(const Rotation& op, const float* inputs) {
  Vector a1{};
  Vector a2{};
  for (uint32_t axis = 0; axis < 3; ++axis) {
    a1[axis] = inputs[rot6d_element(op.layout, 0, axis)];
    a2[axis] = inputs[rot6d_element(op.layout, 1, axis)];
  }
  const Vector b1 = normalized(a1);
  const Vector once = normalized(without_part_along(b1, normalized(a2)));
  const Vector b2 = normalized(without_part_along(b1, once));
  const Vector b3 = cross(b1, b2);
  if (op.layout == Rot6dLayout::kRows) return {b1, b2, b3};
  Matrix m{};
  for (int i = 0; i < 3; ++i) m[i] = {b1[i], b2[i], b3[i]};
  return m;
}

// The axes in the order of application, and +1 if they are a cyclic permutation of x, y, z, else
// -1.
struct Axes {
  int first, middle, last;
  double parity;
};

Axes axes_of(RotateOrder order) {
  constexpr std::array<Axes, 6> kAxes = {
      {{0, 1, 2, 1}, {1, 2, 0, 1}, {2, 0, 1, 1}, {0, 2, 1, -1}, {1, 0, 2, -1}, {2, 1, 0, -1}}};
  return kAxes[static_cast<uint8_t>(order)];
}

// atan2 without its negative zeros, so that a half turn is +pi and no turn is +0.
double positive_atan2(double y, double x) { return std::atan2(y + 0.0, x + 0.0); }

// M = R_last(c) R_middle(b) R_first(a). The first axis is moved by R_last R_middle alone, which
// gives c and b. Turning M back by c leaves R_middle R_first, whose middle row is that of R_first:
// a comes from entries that stay large at lock, where c is chosen to be 0.
std::array<double, 3> euler_angles(const Matrix& m, RotateOrder order) {
  const auto [first, middle, last, parity] = axes_of(order);
  const double cosine =
      std::sqrt(m[first][first] * m[first][first] + m[middle][first] * m[middle][first]);
  const double b = positive_atan2(-parity * m[last][first], cosine);
  const double c =
      cosine < kLockCosine ? 0.0 : positive_atan2(parity * m[middle][first], m[first][first]);
  const auto turned_back = [&](int column) {
    return std::cos(c) * m[middle][column] - parity * std::sin(c) * m[first][column];
  };
  const double a = positive_atan2(-parity * turned_back(last), turned_back(middle));
  std::array<double, 3> angles{};
  angles[first] = a;
  angles[middle] = b;
  angles[last] = c;
  return angles;
}

// 4 q q^T is linear in the matrix; any of its rows is a multiple of q, the one with the largest
// diagonal entry the most exact.
std::array<double, 4> quaternion(const Matrix& m) {
  const double x = m[2][1] - m[1][2];
  const double y = m[0][2] - m[2][0];
  const double z = m[1][0] - m[0][1];
  const double xy = m[1][0] + m[0][1];
  const double xz = m[0][2] + m[2][0];
  const double yz = m[2][1] + m[1][2];
  const std::array<std::array<double, 4>, 4> outer = {
      {{1 + m[0][0] + m[1][1] + m[2][2], x, y, z},
       {x, 1 + m[0][0] - m[1][1] - m[2][2], xy, xz},
       {y, xy, 1 - m[0][0] + m[1][1] - m[2][2], yz},
       {z, xz, yz, 1 - m[0][0] - m[1][1] + m[2][2]}}};
  int best = 0;
  for (int i = 1; i < 4; ++i) {
    if (outer[i][i] > outer[best][best]) best = i;
  }
  std::array<double, 4> q = outer[best];
  const double squared = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
  const double factor = (q[0] < 0 ? -1 : 1) / std::sqrt(squared);
  for (double& component : q) component = component * factor + 0.0;
  return q;
}

double unit_factor(AngleUnit unit) {
  return unit == AngleUnit::kDegrees ? 180 / std::numbers::pi : 1.0;
}

// Rounds half to even, as long as the caller's rounding mode is the default one.
float of_type(ChannelType type, float number) {
  if (type == ChannelType::kBool) return number >= 0.5f ? 1.0f : 0.0f;
  return type == ChannelType::kFloat ? number : std::nearbyint(number) + 0.0f;
}

double limited(double value, const Limits& limits) {
  if (limits.rule == LimitRule::kError) return value;
  return value < limits.min ? limits.min : value > limits.max ? limits.max : value;
}

class Evaluator {
 public:
  Evaluator(const Plan& plan, std::span<const float> vec)
      : vec_(vec), values_(plan.channel_count()) {}

  void operator()(const Affine& op) {
    const float number = std::fma(vec_[op.input], op.scale, op.center);
    values_[op.channel] = limited(of_type(op.type, number), op.limits());
  }

  void operator()(const OneHot& op) {
    const auto inputs = vec_.subspan(op.input, op.count);
    values_[op.channel] = static_cast<double>(std::ranges::max_element(inputs) - inputs.begin());
  }

  void operator()(const Angle& op) {
    const double first = vec_[op.input];
    const double second = vec_[op.input + 1];
    const double radians = op.cos_first ? std::atan2(second, first) : std::atan2(first, second);
    values_[op.channel] = limited(radians * unit_factor(op.unit), op.limits);
  }

  void operator()(const Rotation& op) {
    const Matrix matrix = gram_schmidt(op, vec_.data() + op.input);
    if (op.output == RotationOutput::kQuaternion) {
      std::ranges::copy(quaternion(matrix), values_.begin() + op.channel);
      return;
    }
    const std::array<double, 3> radians = euler_angles(matrix, op.order);
    for (uint32_t i = 0; i < 3; ++i) {
      values_[op.channel + i] = limited(radians[i] * unit_factor(op.unit), op.limits[i]);
    }
  }

  void operator()(const Constant& op) { values_[op.channel] = op.value; }

  [[nodiscard]] std::vector<double> take() && { return std::move(values_); }

 private:
  std::span<const float> vec_;
  std::vector<double> values_;
};

}  // namespace

std::vector<double> evaluate(const Plan& plan, std::span<const float> vec) {
  assert(vec.size() == plan.input_count());
  const DefaultFloatEnv env;
  Evaluator evaluator(plan, vec);
  for (const Operation& operation : plan.operations()) std::visit(evaluator, operation);
  return std::move(evaluator).take();
}

}  // namespace rigjit
