// Vectors in double precision.
#pragma once

#include <array>
#include <cmath>

namespace rigjit::collision {

using Point = std::array<double, 3>;

[[nodiscard]] inline Point operator+(const Point& a, const Point& b) {
  return {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
}
[[nodiscard]] inline Point operator-(const Point& a, const Point& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
[[nodiscard]] inline Point operator*(double s, const Point& a) {
  return {s * a[0], s * a[1], s * a[2]};
}
[[nodiscard]] inline double dot(const Point& a, const Point& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
[[nodiscard]] inline Point cross(const Point& a, const Point& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
[[nodiscard]] inline double length(const Point& a) { return std::hypot(a[0], a[1], a[2]); }
// Zero stays zero.
[[nodiscard]] inline Point unit_vector(const Point& a) {
  const double size = length(a);
  return size > 0 ? (1 / size) * a : a;
}

}  // namespace rigjit::collision
