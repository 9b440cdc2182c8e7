// Numbers in lanes: as many as a register holds (Wide), or one (One). Whatever is written in them
// gives the same bits in either, as every operation is IEEE's and products are summed by fma alone,
// but for plain x86-64, which has no fma.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define RIGJIT_INLINE inline __attribute__((always_inline))

namespace rigjit::collision::RIGJIT_COLLISION_LEVEL {

#if defined(__AVX512F__)
inline constexpr int kLanes = 16;
#elif defined(__AVX2__)
inline constexpr int kLanes = 8;
#else
inline constexpr int kLanes = 4;
#endif

using Floats = float __attribute__((vector_size(4 * kLanes)));
using Ints = int32_t __attribute__((vector_size(4 * kLanes)));  // as a mask: 0 or -1 a lane

struct Bit {
  bool set;
  friend RIGJIT_INLINE Bit operator&(Bit a, Bit b) { return {a.set && b.set}; }
  friend RIGJIT_INLINE Bit operator|(Bit a, Bit b) { return {a.set || b.set}; }
  friend RIGJIT_INLINE Bit operator~(Bit a) { return {!a.set}; }
};

struct Wide {
  using Float = Floats;
  using Int = Ints;
  using Mask = Ints;
  static constexpr int kCount = kLanes;
};
struct One {
  using Float = float;
  using Int = int32_t;
  using Mask = Bit;
  static constexpr int kCount = 1;
};

template <class L>
RIGJIT_INLINE typename L::Float splat(float x) {
  return x - typename L::Float{};
}
template <class L>
RIGJIT_INLINE typename L::Int splat_int(int32_t x) {
  return x - typename L::Int{};
}
template <class L>
RIGJIT_INLINE typename L::Float load(const float* p) {
  typename L::Float v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}
// to - from, rounded once.
template <class L>
RIGJIT_INLINE typename L::Float difference(const double* to, const double* from) {
  if constexpr (L::kCount == 1) {
    return static_cast<float>(*to - *from);
  } else {
    using Doubles = double __attribute__((vector_size(8 * kLanes)));
    Doubles a, b;
    __builtin_memcpy(&a, to, sizeof(a));
    __builtin_memcpy(&b, from, sizeof(b));
    return __builtin_convertvector(a - b, Floats);
  }
}
template <class Float>
RIGJIT_INLINE void store(float* p, Float v) {
  __builtin_memcpy(p, &v, sizeof(v));
}

RIGJIT_INLINE Ints select(Ints mask, Ints a, Ints b) { return mask ? a : b; }
RIGJIT_INLINE Floats select(Ints mask, Floats a, Floats b) { return mask ? a : b; }
RIGJIT_INLINE float select(Bit mask, float a, float b) { return mask.set ? a : b; }
RIGJIT_INLINE int32_t select(Bit mask, int32_t a, int32_t b) { return mask.set ? a : b; }

RIGJIT_INLINE Ints greater(Floats a, Floats b) { return a > b; }
RIGJIT_INLINE Bit greater(float a, float b) { return {a > b}; }
RIGJIT_INLINE Ints at_most(Floats a, Floats b) { return a <= b; }
RIGJIT_INLINE Bit at_most(float a, float b) { return {a <= b}; }

// b where one of them is not a number.
template <class Float>
RIGJIT_INLINE Float max(Float a, Float b) {
  return a > b ? a : b;
}
template <class Float>
RIGJIT_INLINE Float min(Float a, Float b) {
  return a < b ? a : b;
}
template <class Float>
RIGJIT_INLINE Float absolute(Float a) {
  return max(a, -a);
}

#if defined(__AVX512F__)
RIGJIT_INLINE Floats fma(Floats a, Floats b, Floats c) {
  return (Floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
RIGJIT_INLINE Floats sqrt(Floats a) { return (Floats)_mm512_sqrt_ps((__m512)a); }
RIGJIT_INLINE uint32_t bits(Ints mask) { return _mm512_movepi32_mask((__m512i)mask); }
RIGJIT_INLINE Floats gather(const float* p, Ints i) {
  return (Floats)_mm512_i32gather_ps((__m512i)i, p, 4);
}
#elif defined(__AVX2__)
RIGJIT_INLINE Floats fma(Floats a, Floats b, Floats c) {
  return (Floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
RIGJIT_INLINE Floats sqrt(Floats a) { return (Floats)_mm256_sqrt_ps((__m256)a); }
RIGJIT_INLINE uint32_t bits(Ints mask) {
  return static_cast<uint32_t>(_mm256_movemask_ps((__m256)mask));
}
RIGJIT_INLINE Floats gather(const float* p, Ints i) {
  return (Floats)_mm256_i32gather_ps(p, (__m256i)i, 4);
}
#else
RIGJIT_INLINE Floats gather(const float* p, Ints i) {
  return Floats{p[i[0]], p[i[1]], p[i[2]], p[i[3]]};
}
#if defined(__x86_64__)
RIGJIT_INLINE Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
RIGJIT_INLINE Floats sqrt(Floats a) { return (Floats)_mm_sqrt_ps((__m128)a); }
RIGJIT_INLINE uint32_t bits(Ints mask) {
  return static_cast<uint32_t>(_mm_movemask_ps((__m128)mask));
}
#else
RIGJIT_INLINE Floats fma(Floats a, Floats b, Floats c) {
  return (Floats)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
RIGJIT_INLINE Floats sqrt(Floats a) { return (Floats)vsqrtq_f32((float32x4_t)a); }
RIGJIT_INLINE uint32_t bits(Ints mask) {
  const uint32x4_t weights = {1, 2, 4, 8};
  return vaddvq_u32(vandq_u32((uint32x4_t)mask, weights));
}
#endif
#endif
#if defined(__FMA__) || defined(__aarch64__)
RIGJIT_INLINE float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
RIGJIT_INLINE double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
#else
RIGJIT_INLINE float fma(float a, float b, float c) { return a * b + c; }
RIGJIT_INLINE double fma(double a, double b, double c) { return a * b + c; }
#endif
RIGJIT_INLINE float sqrt(float a) { return __builtin_sqrtf(a); }
RIGJIT_INLINE float gather(const float* p, int32_t i) { return p[i]; }
RIGJIT_INLINE uint32_t bits(Bit mask) { return mask.set ? 1 : 0; }
template <class Mask>
RIGJIT_INLINE bool any(Mask mask) {
  return bits(mask) != 0;
}

// The lanes whose bits are set.
RIGJIT_INLINE Ints mask_of(uint32_t set, Wide) {
  Ints powers{};
  for (int i = 0; i < kLanes; ++i) powers[i] = 1 << i;
  return (splat_int<Wide>(static_cast<int32_t>(set)) & powers) != 0;
}
RIGJIT_INLINE Bit mask_of(uint32_t set, One) { return {(set & 1U) != 0}; }

template <class Float>
struct Vector {
  Float x, y, z;
};
template <class Float>
RIGJIT_INLINE Vector<Float> operator-(Vector<Float> a, Vector<Float> b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
template <class Float>
RIGJIT_INLINE Vector<Float> operator+(Vector<Float> a, Vector<Float> b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
template <class Float>
RIGJIT_INLINE Vector<Float> operator-(Vector<Float> a) {
  return {-a.x, -a.y, -a.z};
}
template <class Float>
RIGJIT_INLINE Float dot(Vector<Float> a, Vector<Float> b) {
  return fma(a.x, b.x, fma(a.y, b.y, a.z * b.z));
}
template <class Float>
RIGJIT_INLINE Vector<Float> cross(Vector<Float> a, Vector<Float> b) {
  return {fma(a.y, b.z, -(a.z * b.y)), fma(a.z, b.x, -(a.x * b.z)), fma(a.x, b.y, -(a.y * b.x))};
}
// start + s * along
template <class Float>
RIGJIT_INLINE Vector<Float> along(Vector<Float> start, Float s, Vector<Float> way) {
  return {fma(s, way.x, start.x), fma(s, way.y, start.y), fma(s, way.z, start.z)};
}
template <class Mask, class Float>
RIGJIT_INLINE Vector<Float> select(Mask mask, Vector<Float> a, Vector<Float> b) {
  return {select(mask, a.x, b.x), select(mask, a.y, b.y), select(mask, a.z, b.z)};
}

}  // namespace rigjit::collision::RIGJIT_COLLISION_LEVEL
