// A hull in the lanes of a block: its furthest vertices, and where they are in the world.
#pragma once

#include "collision/kernel/kernel.h"
#include "collision/kernel/lanes.h"

namespace rigjit::collision::RIGJIT_COLLISION_LEVEL {

// Of the vertices along d the furthest: among equals the first with an even number, else the first.
// The last of an odd number of vertices is followed by a copy of the first, which never wins.
RIGJIT_INLINE Ints furthest(const Vertices& vertices, Vector<Floats> d) {
  const float* x = vertices.floats;
  const float* y = x + vertices.padded;
  const float* z = y + vertices.padded;
  const auto height = [&](int i) {
    return fma(d.x, splat<Wide>(x[i]), fma(d.y, splat<Wide>(y[i]), d.z * splat<Wide>(z[i])));
  };
#if defined(__AVX512F__)
  // Written out: compilers make more of the same with vector types.
  auto even = (__m512)height(0);
  auto odd = (__m512)height(1);
  __m512i even_at = _mm512_setzero_si512();
  __m512i odd_at = _mm512_set1_epi32(1);
  for (int i = 2; i < vertices.count; i += 2) {
    const auto a = (__m512)height(i);
    const auto b = (__m512)height(i + 1);
    even_at = _mm512_mask_mov_epi32(even_at, _mm512_cmp_ps_mask(a, even, _CMP_GT_OQ),
                                    _mm512_set1_epi32(i));
    odd_at = _mm512_mask_mov_epi32(odd_at, _mm512_cmp_ps_mask(b, odd, _CMP_GT_OQ),
                                   _mm512_set1_epi32(i + 1));
    even = _mm512_max_ps(a, even);
    odd = _mm512_max_ps(b, odd);
  }
  return (Ints)_mm512_mask_mov_epi32(even_at, _mm512_cmp_ps_mask(odd, even, _CMP_GT_OQ), odd_at);
#else
  Floats even = height(0);
  Floats odd = height(1);
  Ints even_at = splat_int<Wide>(0);
  Ints odd_at = splat_int<Wide>(1);
  for (int i = 2; i < vertices.count; i += 2) {
    const Floats a = height(i);
    const Floats b = height(i + 1);
    even_at = select(greater(a, even), splat_int<Wide>(i), even_at);
    odd_at = select(greater(b, odd), splat_int<Wide>(i + 1), odd_at);
    even = max(a, even);
    odd = max(b, odd);
  }
  return select(greater(odd, even), odd_at, even_at);
#endif
}

// The same for one direction, with as many vertices at once as there are lanes.
RIGJIT_INLINE int32_t furthest(const Vertices& vertices, Vector<float> d) {
  const float* x = vertices.floats;
  const float* y = x + vertices.padded;
  const float* z = y + vertices.padded;
  const Floats dx = splat<Wide>(d.x);
  const Floats dy = splat<Wide>(d.y);
  const Floats dz = splat<Wide>(d.z);
  const auto height = [&](int i) {
    return fma(dx, load<Wide>(x + i), fma(dy, load<Wide>(y + i), dz * load<Wide>(z + i)));
  };
  Floats best = height(0);
  Ints at{};
  for (int i = kLanes; i < vertices.padded; i += kLanes) {
    const Floats a = height(i);
    at = select(greater(a, best), splat_int<Wide>(i), at);
    best = max(a, best);
  }
  float top = best[0];
  for (int i = 1; i < kLanes; ++i) top = max(best[i], top);
  const uint32_t all = bits(best == splat<Wide>(top));
  constexpr uint32_t kEven = 0x5555'5555U;
  uint32_t candidates = (all & kEven) != 0 ? all & kEven : all;
  int32_t first = vertices.padded;
  for (; candidates != 0; candidates &= candidates - 1) {
    const int lane = __builtin_ctz(candidates);
    const int32_t vertex = at[lane] + lane;
    first = vertex < first ? vertex : first;
  }
  return first < vertices.padded ? first : 0;  // 0: the direction is not a number
}

template <class L>
struct Placed {
  using Float = typename L::Float;
  using Int = typename L::Int;

  const Vertices& vertices;
  const LaneFrames& frames;
  int lane;  // the first

  [[nodiscard]] RIGJIT_INLINE Float linear(int i) const { return load<L>(frames.linear[i] + lane); }
  [[nodiscard]] RIGJIT_INLINE Float radius() const { return load<L>(frames.radius + lane); }

  [[nodiscard]] RIGJIT_INLINE Int furthest_along(Vector<Float> d) const {
    const Vector<Float> local{
        fma(linear(0), d.x, fma(linear(3), d.y, linear(6) * d.z)),
        fma(linear(1), d.x, fma(linear(4), d.y, linear(7) * d.z)),
        fma(linear(2), d.x, fma(linear(5), d.y, linear(8) * d.z)),
    };
    return furthest(vertices, local);
  }

  // Relative to the centre.
  [[nodiscard]] RIGJIT_INLINE Vector<Float> at(Int vertex) const {
    const float* p = vertices.floats;
    const Float x = picked(p, vertex);
    const Float y = picked(p + vertices.padded, vertex);
    const Float z = picked(p + 2 * vertices.padded, vertex);
    return {
        fma(linear(0), x, fma(linear(1), y, linear(2) * z)),
        fma(linear(3), x, fma(linear(4), y, linear(5) * z)),
        fma(linear(6), x, fma(linear(7), y, linear(8) * z)),
    };
  }

 private:
  // p[vertex]
  RIGJIT_INLINE Float picked(const float* p, Int vertex) const {
#if defined(__AVX512F__)
    if constexpr (L::kCount > 1) {
      if (vertices.padded <= 64) return picked_of_64(p, vertex);
    }
#endif
    return gather(p, vertex);
  }
#if defined(__AVX512F__)
  // Permutes of registers: a gather is 16 loads.
  RIGJIT_INLINE Floats picked_of_64(const float* p, Ints vertex) const {
    const auto index = (__m512i)vertex;
    if (vertices.padded == 16) return (Floats)_mm512_permutexvar_ps(index, _mm512_loadu_ps(p));
    const __m512 low = _mm512_permutex2var_ps(_mm512_loadu_ps(p), index, _mm512_loadu_ps(p + 16));
    if (vertices.padded == 32) return (Floats)low;
    const int last = vertices.padded == 64 ? 48 : 32;
    const __m512 high =
        _mm512_permutex2var_ps(_mm512_loadu_ps(p + 32), index, _mm512_loadu_ps(p + last));
    const __mmask16 is_high = _mm512_test_epi32_mask(index, _mm512_set1_epi32(32));
    return (Floats)_mm512_mask_blend_ps(is_high, low, high);
  }
#endif
};

}  // namespace rigjit::collision::RIGJIT_COLLISION_LEVEL
