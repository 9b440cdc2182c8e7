// float32 as JSON text.
#pragma once

#include <cstddef>

namespace rigjit {

// The longest number: "-1234567890000000.0".
inline constexpr std::size_t kJsonNumberSize = 19;
// Bytes that writing a number may touch, whatever the number's length.
inline constexpr std::size_t kJsonNumberRoom = 32;

// Writes the fewest digits that read back as the same float32, of several the nearest: a plain
// decimal from 1e-5 to below 1e16, else with an exponent ("1.5e-7", "1e16"). Always a point or an
// exponent, so that 5 is "5.0" and readers take it for a float; -0.0 keeps its sign. Returns the
// end of the text; kJsonNumberRoom bytes from `out` on may be overwritten. value: finite.
//
// This is the way for every number; json_number_fast.h and json_number_block.h have quicker ones
// for numbers of ordinary size, with the same text.
char* write_any_number(char* out, float value) noexcept;

}  // namespace rigjit
