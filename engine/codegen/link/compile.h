// Plan -> LLVM IR -> object -> CodeImage. The one door to LLVM: no LLVM type passes through it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "code/code_image.h"
#include "code/code_listing.h"
#include "code/part_image.h"
#include "code/program.h"
#include "code/target.h"
#include "codegen/program_symbols.h"
#include "plan/plan.h"
#include "plan/spec_places.h"

namespace rigjit {

// Where memory ends: std::bad_alloc, or the end of the process with a line on stderr
// (llvm_memory.h).
//
// All are safe to call from several threads at once, which then run in parallel: each call has its
// own LLVM context, target machine and ORC session. A fork() waits for those that run (NoFork).

// The code of one program. Byte for byte the same for the same plan, program and target.
// "compile-failed" when LLVM refuses; "target-not-built" when this build of LLVM has no such back
// end.
[[nodiscard]] Result<CodeImage> compile(const Plan& plan, Program program, const Target& target);

// The module that compile() compiles, as text (ir_text.h). With a controller's name: the parts that
// concern this controller only ("unknown-controller" if there is none). `source`: where the rig
// comes from, for comments; null: unknown.
[[nodiscard]] Result<std::string> ir_text(const Plan& plan,
                                          std::span<const ProgramSymbols> programs,
                                          const Target& target, std::string_view controller = {},
                                          const SpecPlaces* source = nullptr);

// The assembly as text, as the compiler emits it, with the names and comments of the IR.
[[nodiscard]] Result<std::string> asm_text(const Plan& plan,
                                           std::span<const ProgramSymbols> programs,
                                           const Target& target,
                                           const SpecPlaces* source = nullptr);

// An ELF object file of them that needs no other, not even libc. The same bytes at every call.
[[nodiscard]] Result<std::vector<uint8_t>> object_file(const Plan& plan,
                                                       std::span<const ProgramSymbols> programs,
                                                       const Target& target);

// Both as lines that say which channels they work for.
[[nodiscard]] Result<CodeListing> code_listing(const Plan& plan,
                                               std::span<const ProgramSymbols> programs,
                                               const Target& target, const SpecPlaces* source);

// A forward program that is not continuous, each of its parts a function of its own; those of lanes
// hold one group each.
[[nodiscard]] Result<PartImage> compile_parts(const Plan& plan, Program program,
                                              const Target& target);

// Floats that continuous programs remember.
[[nodiscard]] uint32_t state_size(const Plan& plan, const Target& target);

// "19.1.7"
[[nodiscard]] const char* llvm_version();

}  // namespace rigjit
