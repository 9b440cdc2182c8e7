// From what the YAML says to what the rig means.
#pragma once

#include "plan/plan.h"
#include "spec/rig_spec.h"

namespace rigjit {

// `spec` as parse() returns it; `name_space` as check_name_space() passes it.
[[nodiscard]] Plan lower(const RigSpec& spec, const std::string& name_space = {});

}  // namespace rigjit
