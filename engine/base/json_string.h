// Text as a JSON string.
#pragma once

#include <string>
#include <string_view>

namespace rigjit {

// Appends `text` in double quotes. Control characters below U+0020, quotes and backslashes are
// escaped; bytes that are no UTF-8 become U+FFFD; all else stays as it is.
void append_json_string(std::string& json, std::string_view text);

[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace rigjit
