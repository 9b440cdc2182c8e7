// One file of the cache that holds what a spec's text says, so that an unchanged text needs no
// parsing: runtime/cache_format.md.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"
#include "runtime/cache_entry.h"
#include "runtime/description.h"

namespace rigjit {

// Longer files are neither written nor read.
inline constexpr uint64_t kMaxRecordSize = uint64_t{256} << 20;

// The text, everything else that decides what it means, and the builds that read it.
struct RecordKey {
  Hash128 digest;
  uint64_t text_size = 0;  // bytes

  [[nodiscard]] std::string file_name() const;
};

// `meaning`: the load options and the frontend build, as bytes of any form.
[[nodiscard]] RecordKey record_key(std::string_view text, std::string_view meaning);

// The whole file.
[[nodiscard]] std::vector<uint8_t> encode_record_file(const RecordKey& key,
                                                      const RigDescription& description);

// What an open file of `file_size` bytes says, if it is sound and, where a key is given, its own.
[[nodiscard]] std::expected<RigDescription, FileFault> load_record_file(int fd, uint64_t file_size,
                                                                        const RecordKey* key);

}  // namespace rigjit
