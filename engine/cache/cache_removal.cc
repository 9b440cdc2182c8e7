#include <cerrno>
#include <utility>

#include "base/posix_file.h"
#include "cache/cache_eviction.h"
#include "cache/cache_file_kind.h"
#include "cache/cache_listing.h"
#include "cache/cache_location.h"
#include "rigjit/cache.h"

namespace rigjit {
namespace {

// Removes the cache's own files that `is_unwanted` holds for from the directory that is written to.
template <typename IsUnwanted>
CacheRemoval remove_if(const std::optional<std::string>& directories, IsUnwanted is_unwanted) {
  CacheRemoval removal;
  removal.removed = locate_cache(directories).back();
  if (!removal.removed.unusable.empty()) return removal;
  visit_cache_files(removal.removed, [&](int directory, const std::string& path,
                                         const std::string& name, bool in_specs) {
    const CacheEntry entry = describe_cache_file(directory, path, name, in_specs, false);
    if (entry.kind == CacheEntry::Kind::kUnknown || !is_unwanted(entry)) return;
    if (const SysStatus done = remove_at(directory, name.c_str()); !done) {
      // Somebody else was faster.
      if (done.error() == ENOENT) return;
      removal.failures.push_back("cannot remove " + entry.path + ": " + errno_text(done.error()));
      return;
    }
    if (entry.kind == CacheEntry::Kind::kTally) return;
    removal.removed.entries.push_back(entry);
    removal.removed_bytes += entry.size_bytes;
  });
  return removal;
}

}  // namespace

CacheRemoval clear_cache(const std::optional<std::string>& directories) {
  return remove_if(directories, [](const CacheEntry&) { return true; });
}

CacheRemoval prune_cache(const PruneOptions& options,
                         const std::optional<std::string>& directories) {
  CacheRemoval removal = remove_if(directories, [&](const CacheEntry& entry) {
    return options.unusable_entries && !entry.problem.empty();
  });
  if (!removal.removed.unusable.empty()) return removal;
  CacheSizeLimit limit =
      options.size_limit ? CacheSizeLimit{*options.size_limit, {}} : cache_size_limit();
  if (!limit.problem.empty()) removal.failures.push_back(std::move(limit.problem));
  Eviction eviction = evict(removal.removed.directory, limit.bytes);
  removal.removed.unusable = std::move(eviction.unusable);
  removal.removed_bytes += eviction.evicted_bytes;
  for (CacheEntry& entry : eviction.evicted) removal.removed.entries.push_back(std::move(entry));
  return removal;
}

}  // namespace rigjit
