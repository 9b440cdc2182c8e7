// Reads YAML text into a Tree. The one crossing to yaml-cpp.
#pragma once

#include <expected>
#include <string_view>

#include "yaml/tree.h"
#include "yaml/tree_builder.h"

namespace rigjit {

// `text` must have passed check_bytes() and have no byte order mark. The root is never null.
// Failures: "not-yaml", "empty-document", "second-document", "unknown-alias", "alias-cycle",
// "alias-bomb", "too-deep", "too-complex", "unsupported-tag".
[[nodiscard]] std::expected<Tree, TreeFailure> read_yaml(std::string_view text);

}  // namespace rigjit
