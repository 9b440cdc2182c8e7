// Filling a cache with code beforehand, also for machines other than this one.
#pragma once

#include <string>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/load.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"

namespace rigjit {

struct Prebuilt {
  std::string rig_name;
  std::string rig_hash;  // 32 hexadecimal digits
  std::string target;    // "x86-64-v4"
  Origin origin;         // kCached: the cache had all of it; else kCompiled
};

// Sees to it that the cache has a spec's code: message and `programs` (of program_names()), for
// options.target, or where that is empty for the best target of this machine. Nothing of it is run,
// so that any target will do whose back end this build has; load() then takes only those that the
// machine runs. What cannot be kept is an error, unlike in load(). Errors: those of check(),
// "unknown-target", "unknown-program", "invalid-namespace", "target-not-built", "compile-failed",
// "not-kept". Thread-safe.
[[nodiscard]] RIGJIT_EXPORT Result<Prebuilt> prebuild(
    const SpecSource& spec, const LoadOptions& options = {},
    const std::vector<std::string>& programs = usual_program_names());

}  // namespace rigjit
