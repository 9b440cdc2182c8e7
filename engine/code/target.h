// The named machines that code is made for; never the exact host, so that a farm shares a cache.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "rigjit/result.h"

namespace rigjit {

// Values are part of cache keys: never renumber.
enum class TargetId : uint8_t {
  kX86_64 = 0,
  kX86_64_v3 = 1,
  kX86_64_v4 = 2,
  kX86_64_v4_vbmi = 3,
  kAArch64 = 4
};

struct Target {
  TargetId id;
  const char* name;  // "x86-64-v3"
  const char* llvm_triple;
  const char* llvm_cpu;
  const char* llvm_features;
  const char* llvm_data_layout;  // what LLVM's back end has, so that IR needs none
  uint32_t lanes;                // floats that one operation handles
  bool has_fma;
};

// Best first.
[[nodiscard]] std::span<const Target> all_targets();
[[nodiscard]] const Target& target_of(TargetId id);
// "unknown-target" names the known ones.
[[nodiscard]] Result<const Target*> find_target(std::string_view name);
// Whether this machine can run code made for the target.
[[nodiscard]] bool host_runs(const Target& target);
// The best target that this machine runs; plain x86-64 or aarch64 at worst.
[[nodiscard]] const Target& host_target();

}  // namespace rigjit
