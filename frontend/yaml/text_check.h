// What must hold of a spec's bytes before a YAML parser sees them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "yaml/tree_builder.h"

namespace rigjit {

// Without the UTF-8 byte order mark that some editors put in front.
[[nodiscard]] std::string_view without_bom(std::string_view text);

// At most kMaxSpecBytes of UTF-8 without control characters. Offsets are those of `text`.
[[nodiscard]] std::optional<TreeFailure> check_bytes(std::string_view text);

}  // namespace rigjit
