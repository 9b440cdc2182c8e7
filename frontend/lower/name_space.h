// The namespace that a character is loaded into.
#pragma once

#include <optional>
#include <string>

#include "rigjit/error.h"
#include "spec/rig_spec.h"

namespace rigjit {

// "invalid-namespace" unless it is empty or UTF-8 without NUL of parts that are not, with colons
// between them.
[[nodiscard]] std::optional<Error> check_name_space(const std::string& name_space);

// "name-too-long" for every controller whose name is too long with the namespace before it.
[[nodiscard]] Errors check_name_space(const std::string& name_space, const RigSpec& spec);

}  // namespace rigjit
