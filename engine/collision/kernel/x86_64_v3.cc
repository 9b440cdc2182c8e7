// The kernel for x86-64-v3, and compiled for it.
#define RIGJIT_COLLISION_LEVEL x86_64_v3
#include "collision/kernel/gjk.h"
#include "collision/kernel/levels.h"
#include "collision/kernel/solve.h"

namespace rigjit::collision {

const Kernel kKernelV3{"x86-64-v3", x86_64_v3::kLanes, x86_64_v3::solve_lanes, x86_64_v3::solve,
                       x86_64_v3::solve_large};

}  // namespace rigjit::collision
