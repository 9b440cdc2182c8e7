// Plan -> LLVM IR -> object -> CodeImage. The one door to LLVM: no LLVM type passes through it.
#pragma once

#include <string>

#include "code/code_image.h"
#include "code/program.h"
#include "code/target.h"
#include "plan/plan.h"

namespace rigjit {

// All are safe to call from several threads at once, which then run in parallel: each call has its
// own LLVM context, target machine and ORC session. A fork() waits for those that run (NoFork).

// The code of one program. Byte for byte the same for the same plan, program and target.
// "compile-failed" when LLVM refuses; "target-not-built" when this build of LLVM has no such back
// end.
[[nodiscard]] Result<CodeImage> compile(const Plan& plan, Program program, const Target& target);

// The IR as text. With a controller's name: the parts that concern this controller only
// ("unknown-controller" if there is none). Works for targets whose back end is not built in.
[[nodiscard]] Result<std::string> ir_text(const Plan& plan, Program program, const Target& target,
                                          std::string_view controller = {});

// The assembly as text, as the compiler emits it.
[[nodiscard]] Result<std::string> asm_text(const Plan& plan, Program program, const Target& target);

// "19.1.7"
[[nodiscard]] const char* llvm_version();

}  // namespace rigjit
