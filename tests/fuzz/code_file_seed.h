// The key that code_file_fuzzer asks for and that its seeds have.
#pragma once

#include "cache/cache_entry.h"

namespace rigjit::fuzz {

inline CodeKey code_file_key() {
  CodeKey key;
  key.rig_hash = {0x0123456789abcdefu, 0xfedcba9876543210u};
  key.target = TargetId::kX86_64_v3;
  key.engine_build = {7, 8};
  key.llvm_version = "19.1.7";
  key.input_count = 8;
  key.output_size = 100;
  return key;
}

}  // namespace rigjit::fuzz
