// JSON text, for --json.
#pragma once

#include <string>
#include <string_view>

#include "rigjit/error.h"

namespace rigjit::cli {

// With quotes. Bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text);
// null for an empty text.
std::string json_string_or_null(std::string_view text);
std::string json_object(const Error& error);

}  // namespace rigjit::cli
