// From a spec's text to a Rig.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "rigjit/cache.h"
#include "rigjit/export.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"
#include "rigjit/spec_file.h"
#include "rigjit/spec_source.h"

namespace rigjit {

struct LoadOptions {
  // Directory of cached machine code, or several with ':' between them: they are searched in turn,
  // and only the last is written to. Empty: $RIGJIT_CACHE_DIR, else $XDG_CACHE_HOME/rigjit, else
  // ~/.cache/rigjit. A cache that cannot be used costs time, never the load.
  std::optional<std::string> cache_dir;
  // False: nothing is read from or written to disk, and no rig of this process is shared.
  bool cache = true;
  // Name of a target, "x86-64-v3". Empty: the best that this machine runs.
  std::optional<std::string> target;
  // Of loads() alone: the base_dir of SpecSource::text().
  std::optional<std::string> base_dir;
  // Maya's namespace of the character in the scene, "hero" or "shot:hero": every controller's name
  // is then in it, "hero:ctrl"; of a DAG path every part, "|hero:grp|hero:ctrl". Empty: none.
  std::string name_space;
};

// Reads, checks, compiles (or finds compiled) and maps. All mistakes of a spec are returned at
// once. Errors: those of check(), "unreadable-file" (category kFile), "unknown-target",
// "invalid-namespace", "compile-failed". A rig that this process has loaded from the same text and
// options is shared (loaded_rigs.h).
//
// Thread-safe: different rigs are loaded in parallel, one that several threads ask for at the same
// time is loaded once. A fork() waits for the loads that run, and its child may load at once.
[[nodiscard]] RIGJIT_EXPORT Result<Rig> load(const SpecSource& spec,
                                             const LoadOptions& options = {});

// load(SpecSource::text(text, file, options.base_dir), options).
[[nodiscard]] RIGJIT_EXPORT Result<Rig> loads(std::string_view text,
                                              const LoadOptions& options = {},
                                              const std::string& file = "<string>");

// What the cache has of the code that loading the spec with these options would look for; nothing
// is compiled or changed. `options.cache` does not matter. Errors: those of check(),
// "unknown-target", "target-not-runnable", "invalid-namespace".
[[nodiscard]] RIGJIT_EXPORT Result<CacheExplanation> explain_cache(const SpecSource& spec,
                                                                   const LoadOptions& options = {});

// The functions below neither compile nor look at the cache.

// Only reads and checks: empty when the spec is fine. Every mistake at once, those of the spec
// before those of its bases, each with code, file, line, column and path.
[[nodiscard]] RIGJIT_EXPORT Errors check(const SpecSource& spec);

// The spec with its bases merged in, as YAML that loads to a rig of the same hash, name and
// metadata. Errors: those of check(), "file-too-large": what comes out has more than 32 MB.
[[nodiscard]] RIGJIT_EXPORT Result<std::string> resolve(const SpecSource& spec);

// What a spec means, for diff() and remap(). Errors: those of check().
[[nodiscard]] RIGJIT_EXPORT Result<std::shared_ptr<const Plan>> read_plan(const SpecSource& spec);

// The JSON Schema (draft 7) of the format, for editors.
[[nodiscard]] RIGJIT_EXPORT std::string_view schema();

}  // namespace rigjit
