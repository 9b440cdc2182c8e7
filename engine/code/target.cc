#include "code/target.h"

#include <algorithm>
#include <array>

#include "base/make_error.h"

namespace rigjit {
namespace {

constexpr const char* kLinuxX86 = "x86_64-unknown-linux-gnu";
constexpr const char* kLinuxArm = "aarch64-unknown-linux-gnu";

// Checked against LLVM's own where it has the back end (compile.cc).
constexpr const char* kX86Layout =
    "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128";
constexpr const char* kArmLayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32";

constexpr std::array<Target, 5> kTargets = {{
    {TargetId::kX86_64_v4_vbmi, "x86-64-v4-vbmi", kLinuxX86, "x86-64-v4",
     "+avx512vbmi,-prefer-256-bit,-vzeroupper", kX86Layout, 16, true},
    {TargetId::kX86_64_v4, "x86-64-v4", kLinuxX86, "x86-64-v4", "-prefer-256-bit,-vzeroupper",
     kX86Layout, 16, true},
    {TargetId::kX86_64_v3, "x86-64-v3", kLinuxX86, "x86-64-v3", "-vzeroupper", kX86Layout, 8, true},
    {TargetId::kX86_64, "x86-64", kLinuxX86, "x86-64", "", kX86Layout, 4, false},
    {TargetId::kAArch64, "aarch64", kLinuxArm, "generic", "", kArmLayout, 4, true},
}};

#if defined(__x86_64__)
// The levels of the x86-64 psABI, every bit of them, since LLVM may use them all;
// __builtin_cpu_supports asks CPUID and XGETBV.
bool runs_v3() { return __builtin_cpu_supports("x86-64-v3"); }
bool runs_v4() { return __builtin_cpu_supports("x86-64-v4"); }
#endif

}  // namespace

std::span<const Target> all_targets() { return kTargets; }

const Target& target_of(TargetId id) { return *std::ranges::find(kTargets, id, &Target::id); }

Result<const Target*> find_target(std::string_view name) {
  std::string known;
  for (const Target& target : kTargets) {
    if (name == target.name) return &target;
    known += (known.empty() ? "" : ", ") + std::string(target.name);
  }
  return make_error("unknown-target",
                    "unknown target '" + std::string(name) + "'; known are " + known);
}

bool host_runs(const Target& target) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  switch (target.id) {
    case TargetId::kX86_64:
      return true;
    case TargetId::kX86_64_v3:
      return runs_v3();
    case TargetId::kX86_64_v4:
      return runs_v4();
    case TargetId::kX86_64_v4_vbmi:
      return runs_v4() && __builtin_cpu_supports("avx512vbmi");
    case TargetId::kAArch64:
      return false;
  }
  return false;
#elif defined(__aarch64__)
  return target.id == TargetId::kAArch64;
#else
#error "rigjit makes code for x86-64 and aarch64"
#endif
}

const Target& host_target() { return *std::ranges::find_if(kTargets, host_runs); }

}  // namespace rigjit
