// Looking at and tidying a cache directory. Loading a rig needs nothing of this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rigjit/export.h"

namespace rigjit {

// A file in a cache directory.
struct CacheEntry {
  // kCode: a program's machine code; kSpec: what a spec's text says, so that it need not be parsed;
  // kTemporary: being written, or left behind by a crash; kUnknown: not of this version of rigjit.
  enum class Kind : uint8_t { kCode, kSpec, kTemporary, kUnknown };

  std::string path;
  Kind kind = Kind::kUnknown;
  uint64_t size_bytes = 0;
  double age_s = 0;     // since it was written
  std::string problem;  // why a load would not use it; empty: nothing was found
  // Empty for the record of a spec that has a base; one of the spec and all its bases has them.
  std::string rig_hash;      // 32 hexadecimal digits; code and specs
  std::string rig_name;      // specs
  std::string program;       // code: "message", "values", "vector"
  std::string target;        // code: "x86-64-v3"
  std::string llvm_version;  // code
};

[[nodiscard]] RIGJIT_EXPORT const char* to_string(
    CacheEntry::Kind kind) noexcept;  // "code", "spec", ...

struct CacheListing {
  std::string directory;   // empty if there is none
  std::string unusable;    // why nothing can be read from it; empty when it can, or is not made yet
  std::string unwritable;  // why nothing new can be kept in it; empty when it can
  std::vector<CacheEntry> entries;  // ordered by path
};

// `directory` in all of these: as LoadOptions::cache_dir; empty for the default one. They throw
// nothing, wait for nobody and may run while other threads and processes use the cache.

// What is there, told from headers only.
[[nodiscard]] RIGJIT_EXPORT CacheListing
list_cache(const std::optional<std::string>& directory = {});

// The same, with every checksum checked; removes nothing.
[[nodiscard]] RIGJIT_EXPORT CacheListing
verify_cache(const std::optional<std::string>& directory = {});

struct CacheRemoval {
  CacheListing removed;
  uint64_t removed_bytes = 0;
  std::vector<std::string> failures;  // one sentence each
};

// Removes code, specs and temporary files, and nothing that rigjit did not make. Rigs that are
// loaded go on working.
RIGJIT_EXPORT CacheRemoval clear_cache(const std::optional<std::string>& directory = {});

}  // namespace rigjit
