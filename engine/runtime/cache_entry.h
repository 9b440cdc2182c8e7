// One file of the cache that holds machine code: runtime/cache_format.md.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "codegen/code_image.h"
#include "codegen/program.h"
#include "codegen/target.h"
#include "plan/plan.h"
#include "runtime/loaded_code.h"
#include "runtime/posix_file.h"

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
  // "kernel ABI 1 instead of 2", for the first field that differs; empty when all agree.
  [[nodiscard]] std::string difference(const CodeKey& wanted) const;
  friend bool operator==(const CodeKey&, const CodeKey&) = default;
};

[[nodiscard]] const char* to_string(Program program) noexcept;

// Why a file of the cache was not used.
struct FileFault {
  std::string reason;
  bool bad_content = false;  // the bytes are wrong and always will be; false: could not be read
};

// The whole file.
[[nodiscard]] std::vector<uint8_t> encode_code_file(const CodeKey& key, const CodeImage& image);

// The key of an open file whose header is well-formed; neither key nor checksum are judged.
[[nodiscard]] std::expected<CodeKey, FileFault> read_code_key(int fd, uint64_t file_size);

// Maps the code of an open file of `file_size` bytes if it was made for `key`, its header is
// sound and the checksum of header and mapped bytes agrees. Where the file cannot be mapped for
// execution (a noexec mount), runs from an anonymous copy.
[[nodiscard]] std::expected<LoadedCode, FileFault> load_code_file(int fd, uint64_t file_size,
                                                                  const CodeKey& key);

// Checks everything but the key, without mapping for execution: for `rigjit cache verify`.
[[nodiscard]] std::expected<CodeKey, FileFault> verify_code_file(int fd, uint64_t file_size);

}  // namespace rigjit
