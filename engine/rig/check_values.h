// Whether flat values are such as the rig's own.
#pragma once

#include <span>

#include "rig/rig_core.h"
#include "rigjit/result.h"

namespace rigjit {

// As Rig::check_values.
[[nodiscard]] Status check_values(const RigCore& core, std::span<const float> values);

}  // namespace rigjit
