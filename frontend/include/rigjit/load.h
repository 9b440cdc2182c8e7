// From a spec's text to a Rig.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"

namespace rigjit {

struct LoadOptions {
  // Directory of cached machine code. Empty: $RIGJIT_CACHE_DIR, else $XDG_CACHE_HOME/rigjit, else
  // ~/.cache/rigjit. A cache that cannot be used costs time, never the load.
  std::optional<std::string> cache_dir;
  // False: nothing is read from or written to disk, and no rig of this process is shared.
  bool cache = true;
  // Name of a target, "x86-64-v3". Empty: the best that this machine runs.
  std::optional<std::string> target;
};

// Reads, checks, compiles (or finds compiled) and maps. All mistakes of a spec are returned at
// once. Errors: those of check(), "unreadable-file" (category kFile), "unknown-target",
// "compile-failed". Thread-safe. A rig that this process has loaded from the same text and options
// is shared.
[[nodiscard]] RIGJIT_EXPORT Result<Rig> load(const std::string& path,
                                             const LoadOptions& options = {});

// The same from text; `file` names it in errors.
[[nodiscard]] RIGJIT_EXPORT Result<Rig> loads(std::string_view text,
                                              const LoadOptions& options = {},
                                              const std::string& file = "<string>");

// Only reads and checks: empty when the spec is fine.
[[nodiscard]] RIGJIT_EXPORT Errors check(const std::string& path);
[[nodiscard]] RIGJIT_EXPORT Errors check_text(std::string_view text,
                                              const std::string& file = "<string>");

// The JSON Schema (draft 7) of the format, for editors.
[[nodiscard]] RIGJIT_EXPORT std::string_view schema();

}  // namespace rigjit
