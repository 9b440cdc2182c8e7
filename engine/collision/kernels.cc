#include "collision/kernels.h"

#include <cstdlib>
#include <string_view>
#include <vector>

#include "collision/kernel/levels.h"

namespace rigjit::collision {
namespace {

std::vector<const Kernel*> find_kernels() {
  std::vector<const Kernel*> found;
#if defined(__x86_64__)
  // These ask the processor and whether the system keeps its registers.
  if (__builtin_cpu_supports("x86-64-v4") != 0) found.push_back(&kKernelV4);
  if (__builtin_cpu_supports("x86-64-v3") != 0) found.push_back(&kKernelV3);
#endif
  found.push_back(&kKernelPlain);
  return found;
}

const Kernel& choose() {
  const char* wanted = std::getenv("RIGJIT_COLLISION_TARGET");
  for (const Kernel* kernel : kernels()) {
    if (wanted != nullptr && kernel->name == std::string_view(wanted)) return *kernel;
  }
  return *kernels().front();
}

}  // namespace

std::span<const Kernel* const> kernels() {
  static const std::vector<const Kernel*> found = find_kernels();
  return found;
}

const Kernel& default_kernel() {
  static const Kernel& kernel = choose();
  return kernel;
}

}  // namespace rigjit::collision
