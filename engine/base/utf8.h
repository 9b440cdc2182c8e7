// Finding out whether bytes are text, and where its characters begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rigjit {

// Bytes of the well-formed UTF-8 character that `text` begins with; 0 where it begins with none
// (overlong forms and surrogates are none). `text` is not empty.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

// The code point of a character that utf8_length() has found.
[[nodiscard]] uint32_t code_point(std::string_view character);

// Offset of the first byte that is no well-formed UTF-8.
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Whether a byte begins a character: all but 0x80 to 0xBF.
[[nodiscard]] constexpr bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

}  // namespace rigjit
