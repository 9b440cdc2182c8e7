// What lies in the directories of a cache, as people and their tools see it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rigjit/cache.h"

namespace rigjit {

// One listing without entries for each of cache_directories(asked), or one that says why there is
// none.
[[nodiscard]] std::vector<CacheListing> locate_cache(const std::optional<std::string>& asked);

// Called with an open directory, its path, the name of a file and whether it lies in `specs`.
using VisitCacheFile = std::function<void(int, const std::string&, const std::string&, bool)>;

// Visits every file of listing.directory; sets listing.unusable or listing.unusable_specs where
// that cannot be.
void visit_cache_files(CacheListing& listing, const VisitCacheFile& visit);

// What the file is and what its header says; with `verify` its checksum is checked too.
[[nodiscard]] CacheEntry describe_cache_file(int directory, const std::string& path,
                                             const std::string& name, bool in_specs, bool verify);

}  // namespace rigjit
