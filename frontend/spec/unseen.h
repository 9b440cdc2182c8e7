// What nobody sees in a name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rigjit {

// A character of a name that does not show: a blank or a line break at its beginning or end (of any
// script), or anywhere one without width that no script needs (zero-width space, byte order mark,
// soft hyphen, marks of writing direction).
struct Unseen {
  std::string what;   // "ends with a space", "holds a zero-width space (U+200B)"
  std::string clean;  // the name without all of them; may be empty
};

// Nothing where all of a name shows. `name` is UTF-8.
[[nodiscard]] std::optional<Unseen> find_unseen(std::string_view name);

}  // namespace rigjit
