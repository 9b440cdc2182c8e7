// LLVM's back ends: those of every target, whatever machine this is.
#pragma once

#include <llvm/Target/TargetMachine.h>

#include <memory>

#include "code/target.h"
#include "rigjit/result.h"

namespace rigjit {

// No IR passes and no optimising code generation: the IR is already what the machine should do.
// Whole blocks are selected at once, since the fast selector knows few of the vector instructions.
// Errors: "target-not-built".
[[nodiscard]] Result<std::unique_ptr<llvm::TargetMachine>> make_target_machine(
    const Target& target);

}  // namespace rigjit
