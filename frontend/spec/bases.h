// A spec and the files below it: `base: biped.yaml`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rigjit/result.h"
#include "rigjit/spec_file.h"
#include "rigjit/spec_source.h"
#include "spec/rig_spec.h"

namespace rigjit {

// Each file is at most 32 MB, so that this bounds the memory that a spec can ask for, too.
inline constexpr std::size_t kMaxBases = 16;

struct ResolvedSpec {
  RigSpec spec;                    // with all its bases merged in
  std::vector<SpecFile> files;     // the spec, its base, the base's base ...
  std::vector<std::string> bases;  // as written in files 0 to n - 2
};

// `files`: the spec, and those of its bases whose texts are already known, each the base of the one
// before; further ones are read from disk. `base_dir`: as in SpecSource::text(), for the first
// file. Every mistake of every file at once, the spec's own first; at most kMaxErrors and one that
// says that there are more. A base that cannot be read is a mistake of the file that names it.
[[nodiscard]] Result<ResolvedSpec> resolve_bases(std::vector<SpecFile> files,
                                                 const std::optional<std::string>& base_dir);

// The same where every base is there: nothing is read from disk, whoever wrote the texts.
[[nodiscard]] Result<ResolvedSpec> resolve_texts(std::vector<SpecFile> files);

// Reads the spec, too. Errors: those of read_source and resolve_bases.
[[nodiscard]] Result<ResolvedSpec> resolve_source(const SpecSource& source);

// Where a base lies that a file in `directory` names; none if it is relative to no directory.
[[nodiscard]] std::optional<std::string> base_path(const std::optional<std::string>& directory,
                                                   const std::string& base);
// The directory that the base of files[index] is relative to.
[[nodiscard]] std::optional<std::string> base_directory(const std::vector<SpecFile>& files,
                                                        std::size_t index,
                                                        const std::optional<std::string>& base_dir);

}  // namespace rigjit
