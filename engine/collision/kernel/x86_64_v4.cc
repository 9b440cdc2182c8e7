// The kernel for x86-64-v4, and compiled for it.
#define RIGJIT_COLLISION_LEVEL x86_64_v4
#include "collision/kernel/gjk.h"
#include "collision/kernel/levels.h"
#include "collision/kernel/solve.h"

namespace rigjit::collision {

const Kernel kKernelV4{"x86-64-v4", x86_64_v4::kLanes, x86_64_v4::solve_lanes, x86_64_v4::solve,
                       x86_64_v4::solve_large};

}  // namespace rigjit::collision
