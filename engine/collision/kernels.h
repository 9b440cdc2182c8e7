// The kernels that this machine runs.
#pragma once

#include <span>

#include "collision/kernel/kernel.h"

namespace rigjit::collision {

// Best first, and never empty.
[[nodiscard]] std::span<const Kernel* const> kernels();

// The best, or what the variable RIGJIT_COLLISION_TARGET names, if this machine runs it: read once.
[[nodiscard]] const Kernel& default_kernel();

}  // namespace rigjit::collision
