// The little JSON that clips and vector files hold: strings, and tables of strings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigjit {

// One row a channel or an input; nothing where a cell does not apply (null).
using JsonRow = std::vector<std::optional<std::string>>;
using JsonTable = std::vector<JsonRow>;

[[nodiscard]] std::string to_json(const JsonTable& table);

// A list of rows of strings and nulls, each of at least `columns` cells. Nothing for all else.
[[nodiscard]] std::optional<JsonTable> parse_json_table(std::string_view json, std::size_t columns);

}  // namespace rigjit
