// The signed distance of two hulls by looking at every feature of both: slow, and without anything
// that could fail to converge.
#pragma once

#include "collision/hull_data.h"
#include "collision/kernel/kernel.h"

namespace rigjit::collision {

// False where there are too many pairs of edges for that (2e7: a second or so).
[[nodiscard]] bool enumerate(const HullData& hull_a, const Body& a, const HullData& hull_b,
                             const Body& b, Answer& answer);

}  // namespace rigjit::collision
