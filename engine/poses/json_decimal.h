// The numbers that poses in JSON are full of, without a branch that depends on their length.
#pragma once

namespace rigjit {

// Reads a JSON number of up to 7 digits before the point and 23 behind it, without an exponent, if
// what follows can follow a number in an object. The value rounds to the same float32 as the number
// does, and is the number itself if that is an integer. False where the text is anything else, or
// where the float32 hangs on digits that are not looked at. Reads up to 64 bytes of text.
[[nodiscard]] bool read_decimal(const char* text, double& value) noexcept;

}  // namespace rigjit
