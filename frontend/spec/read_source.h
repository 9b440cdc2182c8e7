// The texts of a SpecSource.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rigjit/result.h"
#include "rigjit/spec_file.h"
#include "rigjit/spec_source.h"

namespace rigjit {

// The spec, then those of its bases whose texts are known, each the base of the one before.
struct SpecTexts {
  std::vector<SpecFile> files;          // never empty
  std::optional<std::string> base_dir;  // of files[0], as in SpecSource::text()
};

// Errors: those of read_spec().
[[nodiscard]] Result<SpecTexts> read_source(const SpecSource& source);

}  // namespace rigjit
