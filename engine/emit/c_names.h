// Names as C identifiers.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rigjit/result.h"

namespace rigjit {

// ASCII letters, digits and `_`, not a digit first.
[[nodiscard]] bool is_c_identifier(std::string_view text);

// Other ASCII characters become `_`, all others the number of the character: "é" is "u00E9". So
// names in other scripts stay different from each other.
[[nodiscard]] std::string as_c_identifier(std::string_view name);

// The prefix that a rig's name gives: an identifier; "rig" for an empty name.
[[nodiscard]] std::string c_prefix(std::string_view rig_name);

// The same in capitals.
[[nodiscard]] std::string in_capitals(std::string_view identifier);

// One identifier for each name, or "name-clash" for every pair of names that have one. `what`: of
// the names, for the error: "channel".
[[nodiscard]] Result<std::vector<std::string>> c_identifiers(std::span<const std::string> names,
                                                             const std::string& what);

// A C string literal, with what C89 may not hold as octal escapes.
[[nodiscard]] std::string c_string(std::string_view text);

}  // namespace rigjit
