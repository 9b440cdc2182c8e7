// What a name in a cache directory stands for.
#pragma once

#include <string_view>

#include "rigjit/cache.h"
#include "runtime/publish.h"

namespace rigjit {

using CacheFileKind = CacheEntry::Kind;

[[nodiscard]] inline CacheFileKind kind_of(std::string_view name, bool in_specs) noexcept {
  if (name.starts_with(kTemporaryPrefix)) return CacheFileKind::kTemporary;
  if (!in_specs && name.ends_with(".code")) return CacheFileKind::kCode;
  if (in_specs && name.ends_with(".spec")) return CacheFileKind::kSpec;
  return CacheFileKind::kUnknown;
}

}  // namespace rigjit
