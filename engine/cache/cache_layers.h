// Several cache directories, looked through like a PATH.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/cache.h"

namespace rigjit {

// A farm's read-only directories first, one of the user's own last: whatever the first one with a
// sound entry holds is used, and only the last is ever written to. A directory that is refused or
// lacks something only sends the search on.
class LayeredCache final : public Cache {
 public:
  // `paths`: absolute, at least one.
  LayeredCache(const std::vector<std::string>& paths, uint64_t size_limit);
  [[nodiscard]] const std::string& location() const noexcept override { return location_; }
  [[nodiscard]] std::expected<LoadedCode, Reason> find_code(
      const CodeKey& key, Reasons* passed_over = nullptr) const override;
  [[nodiscard]] std::expected<void, Reason> store_code(const CodeKey& key,
                                                       const CodeImage& image) const override;
  [[nodiscard]] std::expected<SpecRecord, Reason> find_record(
      const RecordKey& key, Reasons* passed_over = nullptr) const override;
  [[nodiscard]] std::expected<void, Reason> store_record(const RecordKey& key,
                                                         const SpecRecord& record) const override;
  [[nodiscard]] Reasons refusals() const override;

 private:
  // Constant after construction.
  const std::string location_;
  std::vector<DirectoryCache> layers_;
};

// The cache at cache_directories(asked), or a NullCache where there are none.
[[nodiscard]] std::shared_ptr<const Cache> open_cache(const std::optional<std::string>& asked);

}  // namespace rigjit
