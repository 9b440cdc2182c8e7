// Rotations as float64 matrices built from turns about single axes: the tests' own route, which
// neither the reference evaluator nor the kernel takes.
#pragma once

#include <array>

#include "plan/plan.h"

namespace rigjit::testing {

using Matrix3 = std::array<std::array<double, 3>, 3>;  // [row][column], for column vectors

[[nodiscard]] Matrix3 operator*(const Matrix3& a, const Matrix3& b);

// A turn whose cosine and sine are given, so that a quarter turn can be exact.
[[nodiscard]] Matrix3 axis_rotation(int axis, double cosine, double sine);
[[nodiscard]] Matrix3 axis_rotation(int axis, double radians);

// The axes in the order of application: kZXY is 2, 0, 1.
[[nodiscard]] std::array<int, 3> axes_of(RotateOrder order);

// Angles of x, y and z in radians, whatever the order.
[[nodiscard]] Matrix3 euler_matrix(RotateOrder order, const std::array<double, 3>& radians);

// w, x, y, z; of any length but zero.
[[nodiscard]] Matrix3 quaternion_matrix(const std::array<double, 4>& q);

// The six inputs that a layout makes of a matrix, its two vectors scaled.
[[nodiscard]] std::array<double, 6> rot6d(const Matrix3& m, Rot6dLayout layout,
                                          double first_length = 1, double second_length = 1);

// The angle of the rotation that leads from one matrix to the other; exact also when it is tiny.
[[nodiscard]] double degrees_between(const Matrix3& a, const Matrix3& b);

}  // namespace rigjit::testing
