// Where a rot6d keeps its two vectors.
#pragma once

#include <cstdint>

#include "plan/plan.h"

namespace rigjit {

inline constexpr uint32_t kRot6dSize = 6;

// Index among the six inputs of component `axis` (0, 1, 2 for x, y, z) of a1 (which = 0) or a2 (1).
[[nodiscard]] constexpr uint32_t rot6d_element(Rot6dLayout layout, uint32_t which, uint32_t axis) {
  return layout == Rot6dLayout::kInterleaved ? 2 * axis + which : 3 * which + axis;
}

}  // namespace rigjit
