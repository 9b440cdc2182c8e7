// float32 as JSON text.
#pragma once

#include <cstddef>

namespace rigjit {

// The longest number: "-1234567890000000.0".
inline constexpr std::size_t kJsonNumberSize = 19;
// Bytes that write_json_number may write, whatever the number's length.
inline constexpr std::size_t kJsonNumberRoom = 32;

// Writes the fewest digits that read back as the same float32, of several the nearest: a plain
// decimal from 1e-5 to below 1e16, else with an exponent ("1.5e-7", "1e16"). Always a point or an
// exponent, so that 5 is "5.0" and readers take it for a float; -0.0 keeps its sign. Returns the
// end of the text; kJsonNumberRoom bytes from `out` on may be overwritten. value: finite.
//
// The same as write_any_number, which is the slow way for every number; json_number_fast.h has the
// quick one for numbers of ordinary size.
char* write_any_number(char* out, float value) noexcept;

}  // namespace rigjit
