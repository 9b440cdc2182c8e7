// "Did you mean …?"
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rigjit {

// Insertions, deletions, replacements and swaps of neighbours that turn one into the other; upper
// and lower case count as equal. At most O(|a| · |b|).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to `word`, if it is near: about one mistake in three letters.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<const std::string_view> candidates);

// "x, y or z".
[[nodiscard]] std::string list_of(std::span<const std::string_view> words);

}  // namespace rigjit
