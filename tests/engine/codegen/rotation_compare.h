// What values of a Plan mean as rotations, for comparing a kernel's with the reference's.
#pragma once

#include <cmath>
#include <numbers>

#include "engine/rotation_math.h"
#include "plan/plan.h"

namespace rigjit::testing {

// What a kernel's rotation or angle may be away from the reference.
inline constexpr double kBoundDegrees = 5e-5;

inline double degrees_per(AngleUnit unit) {
  return unit == AngleUnit::kDegrees ? 1 : 180 / std::numbers::pi;
}

// values: rotateX, rotateY, rotateZ in the rotation's unit, or quaternion w, x, y, z.
template <class T>
Matrix3 matrix_of(const Rotation& rotation, const T* values) {
  if (rotation.output == RotationOutput::kQuaternion) {
    return quaternion_matrix({values[0], values[1], values[2], values[3]});
  }
  const double factor = degrees_per(rotation.unit) * std::numbers::pi / 180;
  return euler_matrix(rotation.order, {values[0] * factor, values[1] * factor, values[2] * factor});
}

// Degrees between two angles of a unit, a whole turn apart being nothing.
inline double degrees_apart(double a, double b, AngleUnit unit) {
  return std::abs(std::remainder((a - b) * degrees_per(unit), 360));
}

}  // namespace rigjit::testing
