// The kernels, of which a machine runs some.
#pragma once

#include "collision/kernel/kernel.h"

namespace rigjit::collision {

extern const Kernel kKernelPlain;  // what every machine of the architecture runs
#if defined(__x86_64__)
extern const Kernel kKernelV3;  // AVX2 and FMA
extern const Kernel kKernelV4;  // AVX-512
#endif

}  // namespace rigjit::collision
