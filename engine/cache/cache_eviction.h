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

// What every store does behind itself: adds what it stored (`stored_bytes`, as the file `keep`) to
// the directory's tally, and looks through the directory only if the tally is an hour old, is not
// there, or says that there is more than `limit`. So a store costs the same however much is kept.
// Of processes that store at the same time one may overwrite what another has added; the hour
// bounds what that makes.
void keep_within(const std::string& directory, uint64_t limit, std::string_view keep,
                 uint64_t stored_bytes);

// Removes temporary files that a crash left behind (an hour old), and then code and specs, those
// first that were used longest ago, until the cache's files have at most `limit` bytes. Neither
// the file named `keep` nor anything that is no file of the cache is removed. Files that vanish or
// cannot be removed meanwhile are left to whoever took them: processes may do this side by side.
// `make_room`: where there is more and there are many files, until an eighth of the limit is free.
Eviction evict(const std::string& directory, uint64_t limit, std::string_view keep = {},
               bool make_room = false);

// When a file was last read by a load or written. Files are written once, so it is the later time.
// A time that is yet to come (of another clock, an archive, a copy) says nothing: 0, long ago, if
// both are. The next load of the file then sets it right.
[[nodiscard]] std::time_t last_use(const struct stat& status) noexcept;

// As CacheEntry has them: never negative.
[[nodiscard]] double seconds_since(std::time_t time) noexcept;
[[nodiscard]] double seconds_unused(const struct stat& status) noexcept;

// Remembers that an open file was used now, at most once an hour; a failure is no matter. Mounts
// with noatime keep no such times themselves.
void touch(int fd, const struct stat& status);

}  // namespace rigjit
