// From a spec's text to a Rig.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"
#include "rigjit/spec_file.h"

namespace rigjit {

struct LoadOptions {
  // Directory of cached machine code. Empty: $RIGJIT_CACHE_DIR, else $XDG_CACHE_HOME/rigjit, else
  // ~/.cache/rigjit. A cache that cannot be used costs time, never the load.
  std::optional<std::string> cache_dir;
  // False: nothing is read from or written to disk, and no rig of this process is shared.
  bool cache = true;
  // Name of a target, "x86-64-v3". Empty: the best that this machine runs.
  std::optional<std::string> target;
  // loads(): the directory that a relative `base` of the text starts from; "" is the current one.
  // None: such a base is an error. load() takes the directory of the file.
  std::optional<std::string> base_dir;
  // Maya's namespace of the character in the scene, "hero" or "shot:hero": every controller's name
  // begins with it and a colon. Empty: none.
  std::string name_space;
};

// Reads, checks, compiles (or finds compiled) and maps. All mistakes of a spec are returned at
// once. Errors: those of check(), "unreadable-file" (category kFile), "unknown-target",
// "invalid-namespace", "compile-failed". A rig that this process has loaded from the same text and
// options is shared (loaded_rigs.h).
//
// Thread-safe: different rigs are loaded in parallel, one that several threads ask for at the same
// time is loaded once. A fork() waits for the loads that run, and its child may load at once.
[[nodiscard]] RIGJIT_EXPORT Result<Rig> load(const std::string& path,
                                             const LoadOptions& options = {});

// The same from text; `file` names it in errors. Bases are read from their files.
[[nodiscard]] RIGJIT_EXPORT Result<Rig> loads(std::string_view text,
                                              const LoadOptions& options = {},
                                              const std::string& file = "<string>");

// The same from a spec and all its bases, each the base of the one before, as Rig::spec_files()
// returns them. No file is read.
[[nodiscard]] RIGJIT_EXPORT Result<Rig> loads(std::vector<SpecFile> files,
                                              const LoadOptions& options = {});

// The base_dir of a spec's file: "rigs" of "rigs/hero.yaml", "" of "hero.yaml".
[[nodiscard]] RIGJIT_EXPORT std::string directory_of(std::string_view path);

// The functions below neither compile nor look at the cache. `base_dir`: as in LoadOptions.

// Only reads and checks: empty when the spec is fine.
[[nodiscard]] RIGJIT_EXPORT Errors check(const std::string& path);
[[nodiscard]] RIGJIT_EXPORT Errors check_text(std::string_view text,
                                              const std::string& file = "<string>",
                                              const std::optional<std::string>& base_dir = {});

// The spec with its bases merged in, as YAML that loads to a rig of the same hash, name and
// metadata. Errors: those of check(), "file-too-large": what comes out has more than 32 MB.
[[nodiscard]] RIGJIT_EXPORT Result<std::string> resolve(const std::string& path);
[[nodiscard]] RIGJIT_EXPORT Result<std::string> resolve_text(
    std::string_view text, const std::string& file = "<string>",
    const std::optional<std::string>& base_dir = {});

// What a spec means, for diff() and remap(). Errors: those of check().
[[nodiscard]] RIGJIT_EXPORT Result<std::shared_ptr<const Plan>> read_plan(const std::string& path);
[[nodiscard]] RIGJIT_EXPORT Result<std::shared_ptr<const Plan>> read_plan_text(
    std::string_view text, const std::string& file = "<string>",
    const std::optional<std::string>& base_dir = {});

// The JSON Schema (draft 7) of the format, for editors.
[[nodiscard]] RIGJIT_EXPORT std::string_view schema();

}  // namespace rigjit
