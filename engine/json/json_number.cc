#include "json/json_number.h"

#include <dragonbox/dragonbox.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>

namespace rigjit {
namespace {

constexpr int kFirstPlainPoint = -4;  // 1e-5 is 0.1e-4
constexpr int kLastPlainPoint = 16;   // 1e15 is 0.1e16

char* append(char* out, const char* text, std::size_t size) noexcept {
  std::memcpy(out, text, size);
  return out + size;
}

char* append_zeros(char* out, int count) noexcept {
  std::memset(out, '0', static_cast<std::size_t>(count));
  return out + count;
}

// 0.DIGITS times ten to the power of `point`.
char* append_plain(char* out, const char* digits, int count, int point) noexcept {
  if (point <= 0) {
    out = append_zeros(append(out, "0.", 2), -point);
    return append(out, digits, static_cast<std::size_t>(count));
  }
  if (point >= count) {
    out = append_zeros(append(out, digits, static_cast<std::size_t>(count)), point - count);
    return append(out, ".0", 2);
  }
  out = append(out, digits, static_cast<std::size_t>(point));
  *out++ = '.';
  return append(out, digits + point, static_cast<std::size_t>(count - point));
}

char* append_scientific(char* out, const char* digits, int count, int point) noexcept {
  *out++ = digits[0];
  if (count > 1) {
    *out++ = '.';
    out = append(out, digits + 1, static_cast<std::size_t>(count - 1));
  }
  *out++ = 'e';
  return std::to_chars(out, out + 4, point - 1).ptr;
}

}  // namespace

char* write_any_number(char* out, float value) noexcept {
  if (std::signbit(value)) *out++ = '-';
  if (value == 0) return append(out, "0.0", 3);
  const auto decimal = jkj::dragonbox::to_decimal(value, jkj::dragonbox::policy::sign::ignore);
  char digits[10];
  const auto count =
      static_cast<int>(std::to_chars(digits, std::end(digits), decimal.significand).ptr - digits);
  const int point = count + decimal.exponent;
  return kFirstPlainPoint <= point && point <= kLastPlainPoint
             ? append_plain(out, digits, count, point)
             : append_scientific(out, digits, count, point);
}

}  // namespace rigjit
