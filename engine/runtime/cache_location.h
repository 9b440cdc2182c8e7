// Where the cache lies.
#pragma once

#include <expected>
#include <optional>
#include <string>

namespace rigjit {

// The absolute path of the cache directory: `asked` if given, else $RIGJIT_CACHE_DIR, else
// $XDG_CACHE_HOME/rigjit, else $HOME/.cache/rigjit. Empty variables count as unset, and so do
// relative XDG_CACHE_HOME and HOME. The error says why there is none.
[[nodiscard]] std::expected<std::string, std::string> cache_location(
    const std::optional<std::string>& asked);

}  // namespace rigjit
