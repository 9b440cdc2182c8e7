// The kernel for every x86-64 (SSE2), or for aarch64.
#if defined(__aarch64__)
#define RIGJIT_COLLISION_LEVEL aarch64
#define RIGJIT_COLLISION_NAME "aarch64"
#else
#define RIGJIT_COLLISION_LEVEL x86_64
#define RIGJIT_COLLISION_NAME "x86-64"
#endif
#include "collision/kernel/gjk.h"
#include "collision/kernel/levels.h"
#include "collision/kernel/solve.h"

namespace rigjit::collision {

const Kernel kKernelPlain{RIGJIT_COLLISION_NAME, RIGJIT_COLLISION_LEVEL::kLanes,
                          RIGJIT_COLLISION_LEVEL::solve_lanes, RIGJIT_COLLISION_LEVEL::solve,
                          RIGJIT_COLLISION_LEVEL::solve_large};

}  // namespace rigjit::collision
