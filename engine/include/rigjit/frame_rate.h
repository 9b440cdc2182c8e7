// Frames a second, exactly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rigjit/export.h"
#include "rigjit/result.h"

namespace rigjit {

// A ratio in lowest terms, both parts positive: 24000/1001 is what is called 23.976.
struct FrameRate {
  uint32_t numerator = 24;
  uint32_t denominator = 1;
};

// "24000/1001", "24/1".
[[nodiscard]] RIGJIT_EXPORT std::string to_string(const FrameRate& rate);

// From "24", "24000/1001", or a decimal: one within 0.005 of a rate of video (23.976, 29.97, 59.94,
// ...) is that rate, any other the ratio with a denominator up to 1001 that it stands for.
// Error: "bad-frame-rate".
[[nodiscard]] RIGJIT_EXPORT Result<FrameRate> parse_frame_rate(std::string_view text);

}  // namespace rigjit
