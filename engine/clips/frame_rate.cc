#include "rigjit/frame_rate.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "base/default_float_env.h"
#include "base/make_error.h"
#include "base/printable.h"

namespace rigjit {
namespace {

template <typename Number>
std::optional<Number> whole(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<FrameRate> reduced(uint64_t numerator, uint64_t denominator) {
  if (numerator == 0 || denominator == 0) return std::nullopt;
  const uint64_t divisor = std::gcd(numerator, denominator);
  constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max();
  if (numerator / divisor > kMax || denominator / divisor > kMax) return std::nullopt;
  return FrameRate{static_cast<uint32_t>(numerator / divisor),
                   static_cast<uint32_t>(denominator / divisor)};
}

// Rates of video are n * 1000 / 1001, and are written with two or three decimals.
std::optional<FrameRate> video_rate(double rate) {
  constexpr std::array<uint32_t, 9> kNominal = {15, 24, 30, 48, 60, 72, 96, 120, 240};
  constexpr double kTolerance = 0.005;
  for (const uint32_t nominal : kNominal) {
    if (std::abs(rate - nominal * 1000.0 / 1001.0) < kTolerance) {
      return reduced(nominal * uint64_t{1000}, 1001);
    }
  }
  return std::nullopt;
}

std::optional<FrameRate> nearest_ratio(double rate) {
  constexpr uint32_t kMaxDenominator = 1001;
  constexpr double kRelative = 1e-9;
  for (uint32_t denominator = 1; denominator <= kMaxDenominator; ++denominator) {
    const double numerator = std::round(rate * denominator);
    if (numerator >= 1 && std::abs(numerator / denominator - rate) <= kRelative * rate) {
      return reduced(static_cast<uint64_t>(numerator), denominator);
    }
  }
  return std::nullopt;
}

std::optional<FrameRate> parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto numerator = whole<uint64_t>(text.substr(0, slash));
    const auto denominator = whole<uint64_t>(text.substr(slash + 1));
    return numerator && denominator ? reduced(*numerator, *denominator) : std::nullopt;
  }
  if (const auto number = whole<uint64_t>(text)) return reduced(*number, 1);
  const auto decimal = whole<double>(text);
  if (!decimal || !std::isfinite(*decimal) || *decimal <= 0 || *decimal > 1e6) return std::nullopt;
  const std::optional<FrameRate> rate = video_rate(*decimal);
  return rate ? rate : nearest_ratio(*decimal);
}

}  // namespace

std::string to_string(const FrameRate& rate) {
  const DefaultFloatEnv env;
  return std::to_string(rate.numerator) + "/" + std::to_string(rate.denominator);
}

Result<FrameRate> parse_frame_rate(std::string_view text) {
  const DefaultFloatEnv env;
  if (const std::optional<FrameRate> rate = parse(text)) return *rate;
  return make_error("bad-frame-rate",
                    "'" + printable(text.substr(0, 64)) +
                        "' is no frame rate; write it like 24, 23.976 or 24000/1001");
}

}  // namespace rigjit
