// Keeping a cache directory within its size: what was used longest ago goes first.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "rigjit/cache.h"

namespace rigjit {

struct Eviction {
  std::string unusable;             // why the directory was not looked at; empty when it was
  std::vector<CacheEntry> evicted;  // path, kind, size and times
  uint64_t evicted_bytes = 0;
  uint64_t kept_bytes = 0;  // in the cache's own files that are left
};

// Removes temporary files that a crash left behind (an hour old), and then code and specs, those
// first that were used longest ago, until the cache's files have at most `limit` bytes. Neither
// the file named `keep` nor anything that is no file of the cache is removed. Files that vanish or
// cannot be removed meanwhile are left to whoever took them: processes may do this side by side.
Eviction evict(const std::string& directory, uint64_t limit, std::string_view keep = {});

// When a file was last read by a load or written. Files are written once, so it is the later time.
[[nodiscard]] std::time_t last_use(const struct stat& status) noexcept;

// Remembers that an open file was used now, at most once an hour; a failure is no matter. Mounts
// with noatime keep no such times themselves.
void touch(int fd, const struct stat& status);

}  // namespace rigjit
