// Finding out whether bytes are text.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace rigjit {

// Offset of the first byte that is no well-formed UTF-8 (overlong forms and surrogates are not).
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Offset of the first control character that a spec must not have: all below U+0020 but tab, line
// feed and carriage return before line feed, and U+007F.
[[nodiscard]] std::optional<std::size_t> find_control_character(std::string_view text);

// Whether a byte begins a character: all but 0x80 to 0xBF.
[[nodiscard]] constexpr bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

}  // namespace rigjit
