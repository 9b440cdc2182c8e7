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
  // kTemporary: being written, or left behind by a crash; kTally: how much there is, in no listing;
  // kUnknown: none that rigjit makes, neither counted nor removed.
  enum class Kind : uint8_t { kCode, kSpec, kTemporary, kTally, kUnknown };

  std::string path;
  Kind kind = Kind::kUnknown;
  uint64_t size_bytes = 0;
  double age_s = 0;     // since it was written
  double unused_s = 0;  // since it was used, told to the hour; both 0 for times yet to come
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
  bool read_only = false;  // any but the last directory: nothing in it is ever changed
  std::string unusable;    // why nothing can be read from it; empty when it can, or is not made yet
  // Why the records of specs in it cannot be read, though its code can; empty when they can.
  std::string unusable_specs;
  std::string unwritable;  // why nothing new can be kept in it; empty when it can or is read_only
  // Bytes that may stay in it. Empty: no limit, or it is read_only.
  std::optional<uint64_t> size_limit;
  std::string size_limit_problem;   // why that is not what $RIGJIT_CACHE_SIZE says
  std::vector<CacheEntry> entries;  // ordered by path
};

// `directories` in all of these: as LoadOptions::cache_dir; empty for the default ones. They throw
// nothing, wait for nobody and may run while other threads and processes use the cache.

// What is there, told from headers only: one listing a directory, in the order in which they are
// searched, and never none.
[[nodiscard]] RIGJIT_EXPORT std::vector<CacheListing> list_cache(
    const std::optional<std::string>& directories = {});

// The same, with every checksum checked; removes nothing.
[[nodiscard]] RIGJIT_EXPORT std::vector<CacheListing> verify_cache(
    const std::optional<std::string>& directories = {});

struct CacheRemoval {
  CacheListing removed;  // from the last directory; the others are only read
  uint64_t removed_bytes = 0;
  std::vector<std::string> failures;  // one sentence each
};

// Removes code, specs and temporary files, and nothing that rigjit did not make. Rigs that are
// loaded go on working.
RIGJIT_EXPORT CacheRemoval clear_cache(const std::optional<std::string>& directories = {});

struct PruneOptions {
  // Bytes that may stay. Empty: $RIGJIT_CACHE_SIZE, else 512 MiB.
  std::optional<uint64_t> size_limit;
  // Also removes what list_cache() has a problem with: damage, and code of other builds.
  bool unusable_entries = false;
};

// Does what a store does every hour, or when there is too much: removes what a crash left behind
// and then, while there is too much, what was used longest ago.
RIGJIT_EXPORT CacheRemoval prune_cache(const PruneOptions& options = {},
                                       const std::optional<std::string>& directories = {});

// A field of a key that an entry has otherwise than it is wanted.
struct KeyDifference {
  // "format", "rig hash", "program", "target", "kernel ABI", "engine build", "LLVM", "inputs",
  // "bytes" or "namespace" (its digest).
  std::string field;
  std::string entry;
  std::string wanted;
};

// What one directory of the cache says to a load that looks for one program of a rig there.
struct CacheAnswer {
  std::string program;    // of usual_program_names()
  std::string target;     // "x86-64-v3"
  std::string directory;  // empty if there is none
  std::string path;       // of the file that is looked for
  std::string problem;    // why there is nothing to use; empty: a load uses it
  // Where nothing is found: the entry there with the most fields alike, and how it differs.
  std::string nearest;
  std::vector<KeyDifference> differences;
};

struct CacheExplanation {
  std::string rig_name;
  std::string rig_hash;
  // Program by program, and in the order in which a load looks: the best target first, for it
  // directory by directory. Ends with what is found, if anything is.
  std::vector<CacheAnswer> answers;
};

}  // namespace rigjit
