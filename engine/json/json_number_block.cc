#include "json/json_number_block.h"

#include "json/json_number_fast.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define RIGJIT_AVX512 [[gnu::target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]]
#define RIGJIT_AVX512_INLINE RIGJIT_AVX512 [[gnu::always_inline]] inline

namespace rigjit {
namespace {

using fast_number::Binade;
using fast_number::kBinades;
using Lanes = __m512i;  // eight of 64 bits

RIGJIT_AVX512_INLINE Lanes all(uint64_t value) noexcept {
  return _mm512_set1_epi64(static_cast<int64_t>(value));
}
// Of the lower 32 bits of each lane.
RIGJIT_AVX512_INLINE Lanes product(Lanes a, uint32_t b) noexcept {
  return _mm512_mul_epu32(a, all(b));
}

struct BinadeLanes {
  Lanes power, shift, point, scale;
};

RIGJIT_AVX512_INLINE BinadeLanes binades_of(Lanes magnitude) noexcept {
  static_assert(offsetof(Binade, power) == 0 && offsetof(Binade, next_bits) == 8 &&
                offsetof(Binade, shift) == 12 && offsetof(Binade, point) == 13 &&
                offsetof(Binade, scale) == 14);
  const Lanes index =
      _mm512_sub_epi64(_mm512_srli_epi64(magnitude, 23), all(fast_number::kFirstExponent));
  const Lanes offset = _mm512_slli_epi64(index, 4);
  const auto* table = reinterpret_cast<const char*>(kBinades.data());
  const Lanes power = _mm512_i64gather_epi64(offset, table, 1);
  const Lanes rest = _mm512_i64gather_epi64(offset, table + 8, 1);
  const Lanes next_bits = _mm512_and_si512(rest, all(0xffffffff));
  const __mmask8 above = _mm512_cmpge_epu64_mask(magnitude, next_bits);
  const Lanes byte = all(0xff);
  const Lanes point = _mm512_srai_epi64(_mm512_slli_epi64(rest, 16), 56);
  return {
      power, _mm512_and_si512(_mm512_srli_epi64(rest, 32), byte),
      _mm512_mask_add_epi64(point, above, point, all(1)),
      _mm512_mask_srli_epi64(_mm512_and_si512(_mm512_srli_epi64(rest, 48), byte), above, rest, 56)};
}

RIGJIT_AVX512_INLINE Lanes round_to_odd(Lanes power, Lanes factor) noexcept {
  const Lanes high = _mm512_mul_epu32(_mm512_srli_epi64(power, 32), factor);
  const Lanes low = _mm512_srli_epi64(_mm512_mul_epu32(power, factor), 32);
  const Lanes sum = _mm512_add_epi64(high, low);
  const __mmask8 inexact = _mm512_test_epi64_mask(sum, all(0xfffffffe));
  const Lanes whole = _mm512_srli_epi64(sum, 32);
  return _mm512_mask_or_epi64(whole, inexact, whole, all(1));
}

RIGJIT_AVX512_INLINE Lanes nine_digits(const BinadeLanes& binades, Lanes magnitude) noexcept {
  const Lanes fraction = _mm512_and_si512(magnitude, all(0x7fffff));
  const Lanes c = _mm512_or_si512(fraction, all(0x800000));
  const Lanes odd = _mm512_and_si512(c, all(1));
  const Lanes c4 = _mm512_slli_epi64(c, 2);
  const __mmask8 power_of_two = _mm512_testn_epi64_mask(fraction, fraction);
  const Lanes c4_lower =
      _mm512_sub_epi64(c4, _mm512_mask_blend_epi64(power_of_two, all(2), all(1)));
  const Lanes c4_upper = _mm512_add_epi64(c4, all(2));
  const Lanes value = round_to_odd(binades.power, _mm512_sllv_epi64(c4, binades.shift));
  const Lanes lower = _mm512_add_epi64(
      round_to_odd(binades.power, _mm512_sllv_epi64(c4_lower, binades.shift)), odd);
  const Lanes upper = _mm512_sub_epi64(
      round_to_odd(binades.power, _mm512_sllv_epi64(c4_upper, binades.shift)), odd);
  const Lanes units = _mm512_srli_epi64(value, 2);
  const Lanes units4 = _mm512_slli_epi64(units, 2);
  const Lanes tens = _mm512_srli_epi64(product(value, 0xcccccccd), 37);  // value / 40
  const Lanes tens40 = product(tens, 40);
  const __mmask8 tens_fit = _mm512_cmple_epu64_mask(lower, tens40);
  const __mmask8 next_tens_fit = _mm512_cmple_epu64_mask(_mm512_add_epi64(tens40, all(40)), upper);
  const __mmask8 units_fit = _mm512_cmple_epu64_mask(lower, units4);
  const __mmask8 next_units_fit = _mm512_cmple_epu64_mask(_mm512_add_epi64(units4, all(4)), upper);
  const __mmask8 nearer_up = _mm512_cmpgt_epu64_mask(
      _mm512_add_epi64(value, _mm512_and_si512(units, all(1))), _mm512_add_epi64(units4, all(2)));
  const auto one_unit = static_cast<__mmask8>(units_fit ^ next_units_fit);
  const auto up = static_cast<__mmask8>((one_unit & next_units_fit) | (~one_unit & nearer_up));
  const auto one_ten = static_cast<__mmask8>(tens_fit ^ next_tens_fit);
  const Lanes in_units = _mm512_mask_add_epi64(units, up, units, all(1));
  const Lanes in_tens = product(_mm512_mask_add_epi64(tens, next_tens_fit, tens, all(1)), 10);
  return _mm512_mul_epu32(_mm512_mask_blend_epi64(one_ten, in_units, in_tens), binades.scale);
}

RIGJIT_AVX512_INLINE Lanes digit_bytes(Lanes digits) noexcept {
  const Lanes high = _mm512_srli_epi64(product(digits, 109951163), 40);
  Lanes bytes =
      _mm512_or_si512(high, _mm512_slli_epi64(_mm512_sub_epi64(digits, product(high, 10000)), 32));
  Lanes quotients = _mm512_srli_epi32(_mm512_mullo_epi32(bytes, _mm512_set1_epi32(10486)), 20);
  bytes = _mm512_or_si512(
      quotients,
      _mm512_slli_epi32(
          _mm512_sub_epi32(bytes, _mm512_mullo_epi32(quotients, _mm512_set1_epi32(100))), 16));
  quotients = _mm512_srli_epi16(_mm512_mullo_epi16(bytes, _mm512_set1_epi16(103)), 10);
  return _mm512_or_si512(
      quotients,
      _mm512_slli_epi16(
          _mm512_sub_epi16(bytes, _mm512_mullo_epi16(quotients, _mm512_set1_epi16(10))), 8));
}

// As fast_number::write_plain, whose table is made of shifts here: a lane shifted by 64 or more is
// zero.
RIGJIT_AVX512_INLINE void place_point(Lanes digits, Lanes point, JsonNumberBlock& block) noexcept {
  const Lanes first = _mm512_srli_epi64(product(digits, 0x55e63b89), 57);  // / 100'000'000
  const Lanes rest = digit_bytes(_mm512_sub_epi64(digits, product(first, 100000000)));
  const Lanes used = _mm512_sub_epi64(all(9), _mm512_srli_epi64(_mm512_lzcnt_epi64(rest), 3));
  const __mmask8 inside = _mm512_cmpgt_epi64_mask(point, _mm512_setzero_si512());
  const Lanes bit = _mm512_slli_epi64(_mm512_mask_blend_epi64(inside, all(16), point), 3);
  const Lanes high_bit = _mm512_sub_epi64(bit, all(64));
  const Lanes before_low = _mm512_sub_epi64(_mm512_sllv_epi64(all(1), bit), all(1));
  const Lanes before_high = _mm512_sub_epi64(
      _mm512_sllv_epi64(all(1), _mm512_max_epi64(high_bit, _mm512_setzero_si512())), all(1));
  const Lanes low = _mm512_or_si512(_mm512_slli_epi64(rest, 8), first);
  const Lanes high = _mm512_srli_epi64(rest, 56);
  const Lanes low_after = _mm512_andnot_si512(before_low, low);
  const Lanes high_after = _mm512_andnot_si512(before_high, high);
  const Lanes zeros = all(0x3030303030303030);
  const Lanes point_for_zero = all('0' ^ '.');
  const Lanes low_text =
      _mm512_or_si512(_mm512_and_si512(low, before_low), _mm512_slli_epi64(low_after, 8));
  const Lanes high_text = _mm512_or_si512(
      _mm512_or_si512(_mm512_and_si512(high, before_high), _mm512_slli_epi64(high_after, 8)),
      _mm512_srli_epi64(low_after, 56));
  _mm512_store_si512(block.low, _mm512_xor_si512(_mm512_or_si512(low_text, zeros),
                                                 _mm512_sllv_epi64(point_for_zero, bit)));
  _mm512_store_si512(block.high, _mm512_xor_si512(_mm512_or_si512(high_text, zeros),
                                                  _mm512_sllv_epi64(point_for_zero, high_bit)));
  _mm512_store_si512(
      block.begin,
      _mm512_mask_sub_epi64(_mm512_setzero_si512(), static_cast<__mmask8>(~inside), all(2), point));
  const Lanes with_point =
      _mm512_add_epi64(_mm512_max_epi64(used, _mm512_add_epi64(point, all(1))), all(1));
  _mm512_store_si512(block.size, _mm512_mask_blend_epi64(inside, used, with_point));
}

RIGJIT_AVX512 void format_avx512(const uint8_t* values, JsonNumberBlock& block) noexcept {
  using fast_number::kEndBits;
  using fast_number::kFirstBits;
  const Lanes bits =
      _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(values)));
  const Lanes any_magnitude = _mm512_and_si512(bits, all(0x7fffffff));
  const __mmask8 fast = _mm512_cmplt_epu64_mask(_mm512_sub_epi64(any_magnitude, all(kFirstBits)),
                                                all(kEndBits - kFirstBits));
  block.other = static_cast<uint8_t>(~fast);
  const Lanes magnitude = _mm512_mask_blend_epi64(fast, all(kFirstBits), any_magnitude);
  const BinadeLanes binades = binades_of(magnitude);
  place_point(nine_digits(binades, magnitude), binades.point, block);
}

}  // namespace

FormatJsonNumbers json_block_formatter() noexcept {
  const bool has_lanes = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                         __builtin_cpu_supports("avx512vl");
  return has_lanes ? format_avx512 : nullptr;
}

}  // namespace rigjit

#else

namespace rigjit {

FormatJsonNumbers json_block_formatter() noexcept { return nullptr; }

}  // namespace rigjit

#endif
