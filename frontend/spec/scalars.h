// Names, words and free text of a spec.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "spec/report.h"
#include "spec/value.h"

namespace rigjit {

inline constexpr std::size_t kMaxNameBytes = 65'535;

// The text of a scalar, whatever YAML takes it for: "wrong-type", "null-value", "empty-value".
// `what`: "a name".
[[nodiscard]] std::optional<std::string> read_text(Report& report, const Value& value,
                                                   std::string_view what);

// A text of 1 to 65,535 bytes without NUL: "empty-name", "name-too-long", "invalid-name".
[[nodiscard]] std::optional<std::string> read_name(Report& report, const Value& value);

// The same of a name that is looked up and read by people: "unseen-character" also where it begins
// or ends with a blank or a line break, or holds a character without width. Suggests it without.
[[nodiscard]] std::optional<std::string> read_seen_name(Report& report, const Value& value);

// The index of one of a few words: "unknown-value", with a suggestion for a near miss.
[[nodiscard]] std::optional<std::size_t> read_choice(Report& report, const Value& value,
                                                     std::span<const std::string_view> choices);

}  // namespace rigjit
