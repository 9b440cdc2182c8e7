#include "engine/rotation_math.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

namespace rigjit::testing {

Matrix3 operator*(const Matrix3& a, const Matrix3& b) {
  Matrix3 product{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      for (int i = 0; i < 3; ++i) product[row][column] += a[row][i] * b[i][column];
    }
  }
  return product;
}

Matrix3 axis_rotation(int axis, double c, double s) {
  switch (axis) {
    case 0:
      return {{{1, 0, 0}, {0, c, -s}, {0, s, c}}};
    case 1:
      return {{{c, 0, s}, {0, 1, 0}, {-s, 0, c}}};
    default:
      return {{{c, -s, 0}, {s, c, 0}, {0, 0, 1}}};
  }
}

Matrix3 axis_rotation(int axis, double radians) {
  return axis_rotation(axis, std::cos(radians), std::sin(radians));
}

std::array<int, 3> axes_of(RotateOrder order) {
  std::string_view letters;
  switch (order) {
    case RotateOrder::kXYZ:
      letters = "xyz";
      break;
    case RotateOrder::kYZX:
      letters = "yzx";
      break;
    case RotateOrder::kZXY:
      letters = "zxy";
      break;
    case RotateOrder::kXZY:
      letters = "xzy";
      break;
    case RotateOrder::kYXZ:
      letters = "yxz";
      break;
    case RotateOrder::kZYX:
      letters = "zyx";
      break;
  }
  return {letters[0] - 'x', letters[1] - 'x', letters[2] - 'x'};
}

Matrix3 euler_matrix(RotateOrder order, const std::array<double, 3>& radians) {
  const auto [first, middle, last] = axes_of(order);
  return axis_rotation(last, radians[last]) * axis_rotation(middle, radians[middle]) *
         axis_rotation(first, radians[first]);
}

Matrix3 quaternion_matrix(const std::array<double, 4>& q) {
  const double length = std::hypot(std::hypot(q[0], q[1]), std::hypot(q[2], q[3]));
  const double w = q[0] / length;
  const double x = q[1] / length;
  const double y = q[2] / length;
  const double z = q[3] / length;
  return {{{1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
           {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
           {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}}};
}

std::array<double, 6> rot6d(const Matrix3& m, Rot6dLayout layout, double first_length,
                            double second_length) {
  const double p = first_length;
  const double q = second_length;
  switch (layout) {
    case Rot6dLayout::kColumns:
      return {m[0][0] * p, m[1][0] * p, m[2][0] * p, m[0][1] * q, m[1][1] * q, m[2][1] * q};
    case Rot6dLayout::kRows:
      return {m[0][0] * p, m[0][1] * p, m[0][2] * p, m[1][0] * q, m[1][1] * q, m[1][2] * q};
    case Rot6dLayout::kInterleaved:
      break;
  }
  return {m[0][0] * p, m[0][1] * q, m[1][0] * p, m[1][1] * q, m[2][0] * p, m[2][1] * q};
}

double degrees_between(const Matrix3& a, const Matrix3& b) {
  double squared = 0;  // of the Frobenius norm of the difference, which is sqrt(8) sin(angle / 2)
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      const double difference = a[row][column] - b[row][column];
      squared += difference * difference;
    }
  }
  return 2 * std::asin(std::min(1.0, std::sqrt(squared / 8))) * 180 / std::numbers::pi;
}

}  // namespace rigjit::testing
