// Vectors and hulls in double precision, for one pair in one frame. Products are rounded before they
// are summed and eight vertices are looked at together on every machine, so that all give the same bits.
#pragma once

#include <cstdint>

#include "collision/kernel/kernel.h"
#include "collision/kernel/lanes.h"

namespace rigjit::collision::RIGJIT_COLLISION_LEVEL {

using V3 = Vector<double>;
RIGJIT_INLINE V3 operator*(double s, V3 a) { return {s * a.x, s * a.y, s * a.z}; }
RIGJIT_INLINE double dot(V3 a, V3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
RIGJIT_INLINE V3 cross(V3 a, V3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
RIGJIT_INLINE double sqrt(double a) { return __builtin_sqrt(a); }
RIGJIT_INLINE double absolute(double a) { return __builtin_fabs(a); }
RIGJIT_INLINE double clamp(double a) { return a < 0 ? 0 : a > 1 ? 1 : a; }

inline constexpr int kDoubles = 8;
using Doubles = double __attribute__((vector_size(8 * kDoubles)));
using Longs = int64_t __attribute__((vector_size(8 * kDoubles)));
static_assert(kVertexPadding % kDoubles == 0);

RIGJIT_INLINE Doubles load_doubles(const double* p) {
  Doubles v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}

// A hull's vertices in the world, about a's centre.
struct Points {
  const double* x;
  const double* y;
  const double* z;
  int padded;

  [[nodiscard]] RIGJIT_INLINE V3 at(int i) const { return {x[i], y[i], z[i]}; }
};

inline Points place(const Body& body, V3 offset, double* out) {
  const int padded = body.vertices->padded;
  const double* from = body.vertices->doubles;
  const double offsets[3] = {offset.x, offset.y, offset.z};
  for (int row = 0; row < 3; ++row) {
    const double* m = body.linear + 3 * row;
    double* to = out + row * padded;
    for (int i = 0; i < padded; i += kDoubles) {
      const Doubles v = m[0] * load_doubles(from + i) + m[1] * load_doubles(from + padded + i) +
                        m[2] * load_doubles(from + 2 * padded + i) + offsets[row];
      __builtin_memcpy(to + i, &v, sizeof(v));
    }
  }
  return {out, out + padded, out + 2 * padded, padded};
}

inline int furthest(const Points& points, V3 d) {
  Longs lane{};
  for (int i = 0; i < kDoubles; ++i) lane[i] = i;
  Doubles best =
      load_doubles(points.x) * d.x + load_doubles(points.y) * d.y + load_doubles(points.z) * d.z;
  Longs at = lane;
  for (int i = kDoubles; i < points.padded; i += kDoubles) {
    const Doubles height = load_doubles(points.x + i) * d.x + load_doubles(points.y + i) * d.y +
                           load_doubles(points.z + i) * d.z;
    const Longs higher = height > best;
    best = higher ? height : best;
    at = higher ? lane + i : at;
  }
  int top = 0;
  for (int i = 1; i < kDoubles; ++i) {
    if (best[i] > best[top]) top = i;
  }
  return static_cast<int>(at[top]);
}

// A point of the Minkowski difference a - b, and the vertices that it is made of.
struct Pole {
  V3 p;
  int a, b;
};

// Two hulls placed in the world.
struct Pair {
  Points a, b;
  double size;  // sum of the radii

  [[nodiscard]] inline Pole furthest_along(V3 d) const {
    const int i = furthest(a, d);
    const int j = furthest(b, -d);
    return {a.at(i) - b.at(j), i, j};
  }
};

RIGJIT_INLINE void put(double (&to)[3], V3 v) {
  to[0] = v.x;
  to[1] = v.y;
  to[2] = v.z;
}

}  // namespace rigjit::collision::RIGJIT_COLLISION_LEVEL
