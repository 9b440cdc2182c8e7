// Where the cache lies and how much it may hold.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigjit {

// The absolute paths of the cache's directories, never none: those that `asked` lists if it is
// given, else those of $RIGJIT_CACHE_DIR, else $XDG_CACHE_HOME/rigjit, else $HOME/.cache/rigjit.
// Lists have ':' between directories, as PATH does; empty parts and repetitions are left out, and a
// "~" or "~user" that a part begins with is the home directory.
// Empty variables count as unset, and so do relative XDG_CACHE_HOME and HOME. The error says why
// there is none.
[[nodiscard]] std::expected<std::vector<std::string>, std::string> cache_directories(
    const std::optional<std::string>& asked);

// One text for all of them, as RIGJIT_CACHE_DIR has it.
[[nodiscard]] std::string join_directories(const std::vector<std::string>& directories);

// In bytes.
inline constexpr uint64_t kDefaultCacheSize = uint64_t{512} << 20;
inline constexpr uint64_t kUnlimitedCacheSize = UINT64_MAX;

// "500000", "200K", "512M", "2G" or "1T" (powers of 1024), also "2g", "2GB" and "2GiB", in bytes;
// "0" is kUnlimitedCacheSize.
[[nodiscard]] std::optional<uint64_t> parse_cache_size(std::string_view text);

struct CacheSizeLimit {
  uint64_t bytes = kDefaultCacheSize;
  std::string problem;  // why it is not what $RIGJIT_CACHE_SIZE says; empty if it is
};

// How much the directory that is written to may hold: $RIGJIT_CACHE_SIZE, or kDefaultCacheSize
// where that is unset or cannot be understood.
[[nodiscard]] CacheSizeLimit cache_size_limit();

}  // namespace rigjit
