// float32 as JSON text without a branch on the number, for zero and 1e-5 <= |value| < 1e9: what a
// rig writes hundreds of in a row. Lengths and digits are as good as random, so every branch on
// them would be mispredicted half the time.
//
// The digits are Schubfach's (Raffaello Giulietti, "The Schubfach way to render doubles", 2020), on
// dragonbox's table of powers; the text is put together in registers.
#pragma once

#include <dragonbox/dragonbox.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "json/json_number.h"

namespace rigjit {
namespace fast_number {

static_assert(std::endian::native == std::endian::little);

__extension__ using Uint128 = unsigned __int128;

constexpr float kFirst = 1e-5f;
constexpr float kEnd = 1e9f;
constexpr uint32_t kFirstBits = std::bit_cast<uint32_t>(kFirst);
constexpr uint32_t kEndBits = std::bit_cast<uint32_t>(kEnd);
constexpr uint32_t kFirstExponent = kFirstBits >> 23;
constexpr uint32_t kLastExponent = (kEndBits - 1) >> 23;
constexpr int kMaxDigits = 9;  // of a shortest float32

// What the exponent alone decides, about value = c * 2^q with c < 2^24.
struct Binade {
  uint64_t power;      // 10^-k, its leading 64 bits rounded up
  uint32_t next_bits;  // the first float of the next decade, if this binade reaches it
  uint8_t shift;       // so that (power * (4c << shift)) >> 96 is 4c * 2^q / 10^k
  int8_t point;        // value = 0.DIGITS * 10^point; one more from next_bits on
  // 10^(kMaxDigits - digits of value / 10^k), before and from next_bits on.
  std::array<uint8_t, 2> scale;
};
static_assert(sizeof(Binade) == 16);

consteval Binade binade(uint32_t exponent) {
  constexpr std::array<float, 15> kPowers = {1e-5f, 1e-4f, 1e-3f, 1e-2f, 1e-1f, 1e0f, 1e1f, 1e2f,
                                             1e3f,  1e4f,  1e5f,  1e6f,  1e7f,  1e8f, 1e9f};
  constexpr std::array<uint8_t, 3> kScales = {100, 10, 1};
  using Cache = jkj::dragonbox::detail::cache_holder<jkj::dragonbox::ieee754_binary32>;
  namespace log = jkj::dragonbox::detail::log;
  const int q = static_cast<int>(exponent) - 150;
  const int k = log::floor_log10_pow2(q);
  Binade result{};
  result.power = Cache::cache[-k - Cache::min_k];
  result.shift = static_cast<uint8_t>(q + log::floor_log2_pow10(-k) + 1);
  const uint32_t first = exponent << 23;
  int point = -5;
  std::size_t i = 0;
  while (i < kPowers.size() && std::bit_cast<uint32_t>(kPowers[i]) <= first) ++i, ++point;
  result.point = static_cast<int8_t>(point);
  result.next_bits = std::bit_cast<uint32_t>(kPowers[i]);
  for (int above = 0; above < 2; ++above) {
    const int digits = point + above - k;
    result.scale[above] = digits >= 7 && digits <= 9 ? kScales[digits - 7] : 0;
  }
  return result;
}

inline constexpr auto kBinades = [] consteval {
  std::array<Binade, kLastExponent - kFirstExponent + 1> table{};
  for (uint32_t i = 0; i < table.size(); ++i) table[i] = binade(kFirstExponent + i);
  return table;
}();

// Bits 64 to 95 of the product are what is compared; whether bits below were lost is kept in the
// lowest one, and the table's rounding keeps their own last bit meaningless.
[[gnu::always_inline]] inline uint32_t round_to_odd(uint64_t power, uint32_t factor) noexcept {
  const auto product = static_cast<Uint128>(power) * factor;
  const auto high = static_cast<uint64_t>(product >> 64);
  return static_cast<uint32_t>(high) | static_cast<uint32_t>((product >> 32 & 0xffffffff) > 1);
}

// condition: 0 or 1. Arithmetic, since compilers like to make a branch of `?:`.
[[gnu::always_inline]] inline uint32_t select(uint32_t condition, uint32_t yes,
                                              uint32_t no) noexcept {
  return no ^ ((no ^ yes) & (0u - condition));
}

// The shortest decimal in the rounding interval, as nine digits with zeros at its end.
[[gnu::always_inline]] inline uint32_t nine_digits(const Binade& binade, uint32_t magnitude,
                                                   bool above) noexcept {
  const uint32_t fraction = magnitude & 0x7fffff;
  const uint32_t c = fraction | 0x800000;
  const uint32_t odd = c & 1;
  const uint32_t below_power_of_two =
      fraction == 0;  // the float below is nearer than the one above
  const uint32_t value = round_to_odd(binade.power, (4 * c) << binade.shift);
  const uint32_t lower =
      odd + round_to_odd(binade.power, (4 * c - 2 + below_power_of_two) << binade.shift);
  const uint32_t upper = round_to_odd(binade.power, (4 * c + 2) << binade.shift) - odd;
  const uint32_t units = value / 4;
  const uint32_t tens = value / 40;
  const uint32_t tens_fit = lower <= 40 * tens;
  const uint32_t next_tens_fit = 40 * tens + 40 <= upper;
  const uint32_t units_fit = lower <= 4 * units;
  const uint32_t next_units_fit = 4 * units + 4 <= upper;
  const uint32_t nearer_up = value + (units & 1) > 4 * units + 2;  // of halves to the even one
  const uint32_t in_tens = 10 * (tens + next_tens_fit);
  const uint32_t in_units = units + select(units_fit ^ next_units_fit, next_units_fit, nearer_up);
  return select(tens_fit ^ next_tens_fit, in_tens, in_units) * binade.scale[above];
}

// Eight decimal digits as bytes 0 to 9, the first digit lowest.
[[gnu::always_inline]] inline uint64_t digit_bytes(uint32_t digits) noexcept {
  const uint64_t high = uint64_t{digits} * 109951163 >> 40;
  uint64_t bytes = high | (digits - 10000 * high) << 32;
  uint64_t quotients = (bytes * 10486 >> 20) & 0x0000007f0000007f;
  bytes = quotients | (bytes - 100 * quotients) << 16;
  quotients = (bytes * 103 >> 10) & 0x000f000f000f000f;
  return quotients | (bytes - 10 * quotients) << 8;
}

// Sixteen characters in two registers.
struct Text16 {
  uint64_t low = 0;
  uint64_t high = 0;
  constexpr void set(std::size_t place, uint8_t byte) {
    (place < 8 ? low : high) |= uint64_t{byte} << (8 * (place % 8));
  }
};

// What follows from where the point is: value = 0.DIGITS * 10^point.
struct PointPlace {
  Text16 before;      // 0xff for each digit before the point
  Text16 characters;  // what makes text of digits: '0', and the point
  uint64_t begin;     // of the digits in the text, after "0.000"
  int64_t least;      // digits to write at least: a whole number has a zero after its point
  int64_t points;     // among the digits: 0 or 1
  uint64_t unused = 0;
};
static_assert(sizeof(PointPlace) == 64);

constexpr int kFirstPoint = -4;
constexpr int kLastPoint = kMaxDigits;

consteval PointPlace point_place(int point) {
  const bool inside = point > 0;
  PointPlace place{};
  place.begin = inside ? 0 : static_cast<uint64_t>(2 - point);
  place.least = inside ? point + 1 : 0;
  place.points = inside ? 1 : 0;
  for (int i = 0; i < 16; ++i) {
    const auto byte = static_cast<std::size_t>(i);
    if (!inside || i < point) place.before.set(byte, 0xff);
    place.characters.set(byte, inside && i == point ? '.' : '0');
  }
  return place;
}

inline constexpr auto kPointPlaces = [] consteval {
  std::array<PointPlace, kLastPoint - kFirstPoint + 1> places{};
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = point_place(kFirstPoint + static_cast<int>(i));
  }
  return places;
}();

// Places up to the last one that is not zero; of eight places, as bytes.
[[gnu::always_inline]] inline int used_places(uint64_t digits) noexcept {
  // A digit ends in bits 1 to 4 of its byte, the one below all in bit 0.
  return 8 - (std::countl_zero(digits << 1 | 1) + 1) / 8;
}

// Writes 0.DIGITS * 10^point, digits of nine places, and returns its end.
[[gnu::always_inline]] inline char* write_plain(char* out, uint32_t digits, int point) noexcept {
  const PointPlace& place = kPointPlaces[static_cast<std::size_t>(point - kFirstPoint)];
  const uint32_t first = digits / 100000000;
  const uint64_t rest = digit_bytes(digits - first * 100000000);
  const int64_t used = 1 + used_places(rest);
  const uint64_t low = rest << 8 | first;
  const uint64_t high = rest >> 56;
  const uint64_t low_before = low & place.before.low;
  const uint64_t high_before = high & place.before.high;
  const uint64_t low_after = low ^ low_before;
  const uint64_t high_after = high ^ high_before;
  const Text16 text = {
      low_before | low_after << 8 | place.characters.low,
      high_before | high_after << 8 | low_after >> 56 | place.characters.high,
  };
  std::memcpy(out, "0.000000", 8);
  out += place.begin;
  std::memcpy(out, &text.low, 8);
  std::memcpy(out + 8, &text.high, 8);
  return out + place.points + (used > place.least ? used : place.least);
}

}  // namespace fast_number

// See json_number.h.
[[gnu::always_inline]] inline char* write_json_number(char* out, float value) noexcept {
  using namespace fast_number;
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude - kFirstBits >= kEndBits - kFirstBits) [[unlikely]] {
    return write_any_number(out, value);
  }
  *out = '-';
  out += bits >> 31;
  const Binade& binade = kBinades[(magnitude >> 23) - kFirstExponent];
  const bool above = magnitude >= binade.next_bits;
  return write_plain(out, nine_digits(binade, magnitude, above), binade.point + above);
}

}  // namespace rigjit
