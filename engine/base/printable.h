// Names may hold any UTF-8; what is printed line by line must not let them break a line.
#pragma once

#include <string>
#include <string_view>

namespace rigjit {

// The same text with control characters (below 0x20, and 0x7f) as \xNN.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace rigjit
