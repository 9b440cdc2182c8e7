// One file of the cache that holds what a spec's texts say, so that unchanged texts need no
// parsing: engine/cache/cache_format.md.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cache/cache_entry.h"
#include "describe/description.h"
#include "plan/plan.h"

namespace rigjit {

// Longer files are neither written nor read.
inline constexpr uint64_t kMaxRecordSize = uint64_t{256} << 20;

// The texts of a spec, of its base, of the base's base ... as far as they are known; everything
// else that decides what they mean; and the builds that read them.
struct RecordKey {
  Hash128 digest;
  uint64_t text_size = 0;  // bytes, of all texts

  [[nodiscard]] std::string file_name() const;
};

// `meaning`: the load options and the frontend build, as bytes of any form.
[[nodiscard]] RecordKey record_key(const std::vector<std::string_view>& texts,
                                   std::string_view meaning);

// The last text of the key has a base, whose text the next key needs.
struct BaseLink {
  std::string base;  // as written
};
// What texts say: that there is one more, or, when there is none, what they describe.
using SpecRecord = std::variant<BaseLink, RigDescription>;

// The whole file.
[[nodiscard]] std::vector<uint8_t> encode_record_file(const RecordKey& key,
                                                      const SpecRecord& record);

// What an open file of `file_size` bytes says, if it is sound and, where a key is given, its own.
[[nodiscard]] std::expected<SpecRecord, FileFault> load_record_file(int fd, uint64_t file_size,
                                                                    const RecordKey* key);

}  // namespace rigjit
