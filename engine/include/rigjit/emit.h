// A rig's code as files for programs that link it instead of loading it: no JIT, no library, no
// memory that is made executable.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"

namespace rigjit {

// kObject: an ELF object file, which needs nothing from outside, not even libc.
// kAssembly, kIr: the same module as text, with names and comments.
// kHeader: C, C89 and C++; sizes, names and the functions with what they return.
enum class EmitKind : uint8_t { kObject = 0, kAssembly = 1, kIr = 2, kHeader = 3 };

// "object", "assembly", "ir", "header".
[[nodiscard]] RIGJIT_EXPORT const std::vector<std::string>& emit_kind_names();
// "unknown-kind" names the known ones.
[[nodiscard]] RIGJIT_EXPORT Result<EmitKind> find_emit_kind(const std::string& name);

struct EmitOptions {
  // The machine to make code for, which need not be this one. Empty: the rig's own target.
  std::string target;
  // What C names begin with, "hero" for hero_vec_to_rig(): a C identifier. Empty: the rig's name,
  // with what C does not allow as `_`.
  std::string prefix;
  // Of program_names(). Empty: usual_program_names().
  std::vector<std::string> programs;
};

struct EmittedFile {
  std::string name;  // "hero.o", ".s", ".ll", ".h"
  std::string bytes;
};

// One file a kind, in their order. The functions are called PREFIX_vec_to_rig (the program
// message), PREFIX_vec_to_values (values), PREFIX_values_to_vec (vector),
// PREFIX_vec_to_rig_continuous and PREFIX_vec_to_values_continuous; the header says what they take
// and return. Objects of several rigs, or of one for several targets under other prefixes, go into
// one program.
//
// Errors: "unknown-target", "unknown-program", "invalid-prefix", "name-clash" (two channels or
// inputs would have one C name; all such), those of Rig::plan(). Thread-safe.
[[nodiscard]] RIGJIT_EXPORT Result<std::vector<EmittedFile>> emit(
    const Rig& rig, const std::vector<EmitKind>& kinds, const EmitOptions& options = {});

}  // namespace rigjit
