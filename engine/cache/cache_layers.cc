#include "cache/cache_layers.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "cache/cache_location.h"

namespace rigjit {
namespace {

// What `find` gives for the first layer that has it; else why each has not.
template <typename Find>
auto first_found(const std::vector<DirectoryCache>& layers, Find find)
    -> decltype(find(layers.front())) {
  Reason reasons;
  for (const DirectoryCache& layer : layers) {
    auto found = find(layer);
    if (found) {
      if (!reasons.empty()) log_line("found in " + layer.location() + ": " + reasons);
      return found;
    }
    reasons += (reasons.empty() ? "" : "; ") + found.error();
  }
  return std::unexpected(reasons);
}

}  // namespace

LayeredCache::LayeredCache(const std::vector<std::string>& paths, uint64_t size_limit)
    : location_(join_directories(paths)) {
  assert(!paths.empty());
  layers_.reserve(paths.size());
  for (const std::string& path : paths) {
    const bool is_last = &path == &paths.back();
    layers_.emplace_back(path, is_last ? size_limit : DirectoryCache::kReadOnly);
  }
}

std::expected<LoadedCode, Reason> LayeredCache::find_code(const CodeKey& key,
                                                          Reasons* passed_over) const {
  return first_found(
      layers_, [&](const DirectoryCache& layer) { return layer.find_code(key, passed_over); });
}

std::expected<void, Reason> LayeredCache::store_code(const CodeKey& key,
                                                     const CodeImage& image) const {
  return layers_.back().store_code(key, image);
}

std::expected<SpecRecord, Reason> LayeredCache::find_record(const RecordKey& key,
                                                            Reasons* passed_over) const {
  return first_found(
      layers_, [&](const DirectoryCache& layer) { return layer.find_record(key, passed_over); });
}

std::expected<void, Reason> LayeredCache::store_record(const RecordKey& key,
                                                       const SpecRecord& record) const {
  return layers_.back().store_record(key, record);
}

Reasons LayeredCache::refusals() const {
  Reasons all;
  for (const DirectoryCache& layer : layers_)
    std::ranges::move(layer.refusals(), std::back_inserter(all));
  return all;
}

std::shared_ptr<const Cache> open_cache(const std::optional<std::string>& asked) {
  const std::expected<std::vector<std::string>, std::string> paths = cache_directories(asked);
  if (!paths) return std::make_shared<NullCache>(paths.error());
  const CacheSizeLimit limit = cache_size_limit();
  if (!limit.problem.empty()) log_line(limit.problem);
  if (paths->size() == 1) return std::make_shared<DirectoryCache>(paths->front(), limit.bytes);
  return std::make_shared<LayeredCache>(*paths, limit.bytes);
}

}  // namespace rigjit
