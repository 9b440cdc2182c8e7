#include "poses/json_decimal.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace rigjit {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr uint64_t kOnes = 0x0101010101010101;

// What depends on signs and lengths is arithmetic, never a branch: they are random.
uint64_t all_if(bool condition) noexcept { return -uint64_t{condition}; }

// Digits at the begin of eight bytes: their values from the lowest byte on, then zero.
struct Digits {
  explicit Digits(const char* text) noexcept {
    std::memcpy(&bytes, text, sizeof(bytes));
    bytes ^= 0x3030303030303030;
    const uint64_t others = ((bytes + 0x7676767676767676) | bytes) >> 7 & kOnes;
    const uint64_t below_first = (others & -others) - 1;
    count = (below_first & kOnes) * kOnes >> 56;
    bytes &= below_first;
  }

  uint64_t bytes;
  uint64_t count;
};

// Eight digits, the first in the lowest byte, as an integer: D. Lemire, "Quickly parsing eight
// digits", 2018.
uint64_t integer(uint64_t digits) noexcept {
  digits = digits * 2561 >> 8;
  digits = (digits & 0x00ff00ff00ff00ff) * 6553601 >> 16;
  return (digits & 0x0000ffff0000ffff) * 42949672960001 >> 32;
}

constexpr std::array<bool, 256> kMayFollowNumber = [] {
  std::array<bool, 256> may{};
  for (const unsigned char c : {',', '}', ' ', '\n', '\r', '\t'}) may[c] = true;
  return may;
}();

// Whether the float32 of a number may be another than that of `size`, which is less than 8000
// float64 ulps away: three roundings, and decimals beyond the 16th where the number is not smaller
// than kLeastCutNumber.
constexpr double kLeastCutNumber = 1e-4;
bool is_near_half_way(double size) noexcept {
  constexpr uint64_t kBitsBelowFloat = (uint64_t{1} << 29) - 1;
  constexpr uint64_t kHalfWay = uint64_t{1} << 28;
  constexpr uint64_t kNear = uint64_t{1} << 13;
  return (std::bit_cast<uint64_t>(size) & kBitsBelowFloat) - (kHalfWay - kNear) <= 2 * kNear;
}

}  // namespace

bool read_decimal(const char* text, double& value) noexcept {
  const uint64_t is_negative{*text == '-'};
  text += is_negative;
  const Digits whole(text);
  const bool starts_well = (whole.count == 1) | ((whole.count - 2 < 6) & (*text != '0'));
  text += whole.count;
  const bool has_point = *text == '.';
  text += uint64_t{has_point};
  const Digits first(text);
  const Digits second(text + 8);
  const Digits third(text + 16);
  // Behind a word that is no digits to its end the next ones count for nothing.
  const uint64_t has_first = all_if(has_point);
  const uint64_t has_second = has_first & all_if(first.count == 8);
  const uint64_t has_third = has_second & all_if(second.count == 8);
  const uint64_t cut = third.count & has_third;
  const uint64_t decimals = (first.count & has_first) + (second.count & has_second) + cut;
  if (!starts_well || cut == 8 || has_point != (decimals > 0) ||
      !kMayFollowNumber[static_cast<unsigned char>(text[decimals])]) [[unlikely]] {
    return false;
  }
  const uint64_t fraction =  // in 1e-16
      integer(first.bytes & has_first) * 100'000'000 + integer(second.bytes & has_second);
  const uint64_t above = integer(whole.bytes << (64 - 8 * whole.count));
  const double size = static_cast<double>(static_cast<int64_t>(above)) +
                      static_cast<double>(static_cast<int64_t>(fraction)) / 1e16;
  if (is_near_half_way(size) || (cut > 0 && size < kLeastCutNumber)) [[unlikely]] {
    return false;
  }
  value = std::bit_cast<double>(std::bit_cast<uint64_t>(size) | is_negative << 63);
  return true;
}

}  // namespace rigjit
