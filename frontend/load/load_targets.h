// Which machine code a load may use.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "code/target.h"
#include "rigjit/result.h"

namespace rigjit {

// Best first, never empty; new code is made for the first.
using Targets = std::vector<const Target*>;

// The one target to prebuild for, whether or not this machine runs it; its best for no name.
// Errors: "unknown-target".
[[nodiscard]] Result<const Target*> prebuild_target(const std::optional<std::string>& name);

// The named target, or for no name those that this machine runs with the same results as its best.
// Errors: "unknown-target", "target-not-runnable".
[[nodiscard]] Result<Targets> targets_for(const std::optional<std::string>& name);

}  // namespace rigjit
