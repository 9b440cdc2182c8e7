// Whether flat values are such as the rig's own.
#pragma once

#include <span>

#include "rigjit/result.h"
#include "runtime/rig_core.h"

namespace rigjit {

// As Rig::check_values.
[[nodiscard]] Status check_values(const RigCore& core, std::span<const float> values);

}  // namespace rigjit
