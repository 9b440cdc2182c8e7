// Names may hold any UTF-8, and paths any bytes; what is printed must not let them break a line or
// speak to a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rigjit {

// The same text with what does not show, or changes how the rest shows, written out: control
// characters below U+0080 and bytes that are no UTF-8 as \xNN; other controls, format characters
// (zero-width, directions), separators but the plain space, private and non-characters as \uNNNN or
// \UNNNNNNNN. Python's str.isprintable() holds of what comes out, but for characters that its
// version of Unicode does not know.
[[nodiscard]] std::string printable(std::string_view text);

// The same of text of several lines, whose line feeds stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

// The text, or where that is longer than so many bytes its beginning and how many are left out.
[[nodiscard]] std::string shortened(std::string text, std::size_t most_bytes);

}  // namespace rigjit
