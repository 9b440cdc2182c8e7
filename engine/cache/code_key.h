// What code of the cache is found by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "code/code_image.h"
#include "code/program.h"
#include "code/target.h"
#include "describe/description.h"
#include "plan/plan.h"
#include "rigjit/cache.h"

namespace rigjit {

// What code must agree on to be run. Sizes are here because a rig hash can be forged: code that
// reads or writes another number of bytes than the caller gives is never called.
struct CodeKey {
  Hash128 rig_hash;
  Program program = Program::kMessage;
  TargetId target = TargetId::kX86_64;
  uint32_t kernel_abi = kKernelAbi;
  Hash128 engine_build;
  std::string llvm_version;
  uint32_t input_count = 0;  // floats that the kernel reads
  uint64_t output_size = 0;  // bytes that it writes
  // Digest of the namespace that the rig hash leaves out and messages hold; zero without one, and
  // of programs that write no names.
  Hash128 name_space;

  // "0123...-message-x86-64-v3-0123456789abcdef.code": equal keys, equal names; other keys, others.
  [[nodiscard]] std::string file_name() const;
  // Every field that differs; what this key has is the entry's.
  [[nodiscard]] std::vector<KeyDifference> differences(const CodeKey& wanted) const;
  // "kernel ABI 1 instead of 2", for the first field that differs; empty when all agree.
  [[nodiscard]] std::string difference(const CodeKey& wanted) const;
  friend bool operator==(const CodeKey&, const CodeKey&) = default;
};

// The key of a rig's program as this build makes it.
[[nodiscard]] CodeKey code_key(const RigDescription& description, Program program,
                               const Target& target);

}  // namespace rigjit
