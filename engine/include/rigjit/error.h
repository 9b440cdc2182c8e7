// What went wrong, where, and what to do about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rigjit/export.h"

namespace rigjit {

// One mistake, in a spec, a vector or the surroundings (a file, the memory, the target).
// Fields that do not apply are empty. Lines and columns count from 1, columns in characters.
struct RIGJIT_EXPORT Error {
  // What kind of caller's mistake this is: Python raises RigError, TypeError or OSError by it.
  enum class Category { kRig, kType, kFile };

  std::string code;     // stable, lower case with hyphens: "unknown-key", "not-finite"
  std::string message;  // one sentence; no location in it; printable
  std::optional<std::string> file;
  std::optional<uint32_t> line;
  std::optional<uint32_t> column;
  std::optional<std::string> path;        // "$.controllers[2].transformations[0].axes", "vec[14]"
  std::optional<std::string> suggestion;  // what to write instead: "axes"
  Category category = Category::kRig;
  int system_error = 0;  // errno of the call that failed; 0 where there was none

  // "rig.yaml:12:7: error: unknown key 'axis'; did you mean 'axes'? [unknown-key] at
  // $.controllers[2]". One line, whatever names the fields hold: control characters are written
  // out, and what is long is cut.
  [[nodiscard]] std::string to_string() const;
};

// Every mistake found, in the order of their places; never empty when it is returned as a failure.
using Errors = std::vector<Error>;

// One line an error, of the first `most`, and a line that counts the others.
inline constexpr std::size_t kShownErrors = 20;
[[nodiscard]] RIGJIT_EXPORT std::string to_string(const Errors& errors,
                                                  std::size_t most = kShownErrors);

}  // namespace rigjit
