// Vectors and hulls in double precision, for one pair in one frame. Eight vertices are looked at
// together on every machine, and products are summed by fma alone, so that all that have it give
// the same bits.
#pragma once

#include <cstdint>

#include "collision/kernel/kernel.h"
#include "collision/kernel/lanes.h"

namespace rigjit::collision::RIGJIT_COLLISION_LEVEL {

using V3 = Vector<double>;
RIGJIT_INLINE V3 operator*(double s, V3 a) { return {s * a.x, s * a.y, s * a.z}; }
RIGJIT_INLINE double sqrt(double a) { return __builtin_sqrt(a); }
RIGJIT_INLINE double absolute(double a) { return __builtin_fabs(a); }
RIGJIT_INLINE double clamp(double a) { return a < 0 ? 0 : a > 1 ? 1 : a; }

// Eight are looked at together, in as many registers as that takes.
inline constexpr int kTogether = 8;
#if defined(__AVX512F__)
inline constexpr int kDoubles = 8;
#elif defined(__AVX2__)
inline constexpr int kDoubles = 4;
#else
inline constexpr int kDoubles = 2;
#endif
inline constexpr int kParts = kTogether / kDoubles;
using Doubles = double __attribute__((vector_size(8 * kDoubles)));
using Longs = int64_t __attribute__((vector_size(8 * kDoubles)));
static_assert(kVertexPadding % kTogether == 0);

RIGJIT_INLINE Doubles load_doubles(const double* p) {
  Doubles v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}
RIGJIT_INLINE Doubles splat(double x) { return x - Doubles{}; }

RIGJIT_INLINE Doubles fma(Doubles a, Doubles b, Doubles c) {
#if defined(__AVX512F__)
  return (Doubles)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__AVX2__)
  return (Doubles)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__aarch64__)
  return (Doubles)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  return a * b + c;
#endif
}

// Points in columns: x from `p` on, y and z each `step` behind.
struct Columns {
  const double* p;
  int step;

  // Of the next kDoubles points, along d.
  [[nodiscard]] RIGJIT_INLINE Doubles heights(int i, V3 d) const {
    return fma(
        load_doubles(p + i), splat(d.x),
        fma(load_doubles(p + step + i), splat(d.y), load_doubles(p + 2 * step + i) * splat(d.z)));
  }
};

// A hull's vertices in the world, about a's centre.
struct Points {
  Columns columns;

  [[nodiscard]] RIGJIT_INLINE V3 at(int i) const {
    const double* p = columns.p + i;
    return {p[0], p[columns.step], p[2 * columns.step]};
  }
};

inline Points place(const Body& body, V3 offset, double* out) {
  const int padded = body.vertices->padded;
  const Columns from{body.vertices->doubles, padded};
  const double offsets[3] = {offset.x, offset.y, offset.z};
  for (int row = 0; row < 3; ++row) {
    const double* m = body.linear + 3 * row;
    for (int i = 0; i < padded; i += kDoubles) {
      const Doubles v = from.heights(i, {m[0], m[1], m[2]}) + splat(offsets[row]);
      __builtin_memcpy(out + row * padded + i, &v, sizeof(v));
    }
  }
  return {{out, padded}};
}

// The highest so far, in each of some lanes.
struct Highest {
  Doubles height;
  Longs at;

  RIGJIT_INLINE void keep(Doubles other, Longs other_at) {
    const Longs is_higher = other > height;
    height = is_higher ? other : height;
    at = is_higher ? other_at : at;
  }
};

// Of all lanes of all parts the first, by halves: the same on every machine.
RIGJIT_INLINE int highest(Highest (&parts)[kParts]) {
  for (int half = kParts / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) parts[i].keep(parts[i + half].height, parts[i + half].at);
  }
  Highest all = parts[0];
#if defined(__AVX512F__)
  all.keep(__builtin_shufflevector(all.height, all.height, 4, 5, 6, 7, 4, 5, 6, 7),
           __builtin_shufflevector(all.at, all.at, 4, 5, 6, 7, 4, 5, 6, 7));
  all.keep(__builtin_shufflevector(all.height, all.height, 2, 3, 2, 3, 2, 3, 2, 3),
           __builtin_shufflevector(all.at, all.at, 2, 3, 2, 3, 2, 3, 2, 3));
#elif defined(__AVX2__)
  all.keep(__builtin_shufflevector(all.height, all.height, 2, 3, 2, 3),
           __builtin_shufflevector(all.at, all.at, 2, 3, 2, 3));
#endif
  return static_cast<int>(all.height[1] > all.height[0] ? all.at[1] : all.at[0]);
}

inline int furthest(const Points& points, V3 d) {
  Longs lane{};
  for (int i = 0; i < kDoubles; ++i) lane[i] = i;
  Highest parts[kParts];
  for (int part = 0; part < kParts; ++part) {
    const int i = part * kDoubles;
    parts[part] = {points.columns.heights(i, d), lane + i};
  }
  for (int first = kTogether; first < points.columns.step; first += kTogether) {
    for (int part = 0; part < kParts; ++part) {
      const int i = first + part * kDoubles;
      parts[part].keep(points.columns.heights(i, d), lane + i);
    }
  }
  return highest(parts);
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
