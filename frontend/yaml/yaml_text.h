// What yaml-cpp does not tell, told from the text: where values really begin, and what its errors
// mean to the author of a spec.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "yaml/tree_builder.h"

namespace rigjit {

// Offset of a value behind the anchor and the tag that begin at `offset`.
[[nodiscard]] std::size_t skip_properties(std::string_view text, std::size_t offset);

// Whether a text begins with a plain `null`, `Null`, `NULL` or `~`.
[[nodiscard]] bool is_written_null(std::string_view text);

// The dash of a block list's item that has no value; `offset` is that of whatever follows the item.
[[nodiscard]] std::size_t find_empty_item(std::string_view text, std::size_t offset);

// Whether the quote at `offset`, ' or ", has an end: yaml-cpp takes the end of the text for one.
[[nodiscard]] bool is_closed_quote(std::string_view text, std::size_t offset);

// `message`: yaml-cpp's own. "unknown-alias" or "not-yaml".
[[nodiscard]] TreeFailure explain_yaml_error(std::string_view text, std::size_t offset,
                                             const std::string& message);

}  // namespace rigjit
