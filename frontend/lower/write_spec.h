// From a RigSpec back to YAML.
#pragma once

#include <string>

#include "spec/rig_spec.h"

namespace rigjit {

// A spec without a base that says the same: parse() gives it back. What agrees with the format's
// defaults is left out. Names are quoted wherever a reader of YAML 1.1 or 1.2 could take them for
// something else.
[[nodiscard]] std::string write_spec(const RigSpec& spec);

}  // namespace rigjit
