// What a name in a cache directory stands for.
#pragma once

#include <string_view>

#include "rigjit/cache.h"

namespace rigjit {

using CacheFileKind = CacheEntry::Kind;

// Told from the whole name, as engine/cache/cache_format.md has it: somebody may keep other files
// in such a directory, and what is kUnknown is neither counted nor removed. Programs and targets
// need not be known to this build.
[[nodiscard]] CacheFileKind kind_of(std::string_view name, bool in_specs) noexcept;

}  // namespace rigjit
