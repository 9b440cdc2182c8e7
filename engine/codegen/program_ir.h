// Plan -> IR of programs: one to be loaded, several in one module for files.
#pragma once

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <span>

#include "code/program.h"
#include "code/target.h"
#include "codegen/lanes/dump_notes.h"
#include "codegen/program_symbols.h"
#include "plan/plan.h"

namespace rigjit {

struct ProgramIr {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
};

// The module has an external function for each program, its kernel (KernelFunction in
// code/program.h), and, of continuous ones, the state map; all else is internal, the constants too.
// It needs nothing from outside. Fails as message_layout() does.
[[nodiscard]] Result<ProgramIr> build_ir(const Plan& plan, std::span<const ProgramSymbols> programs,
                                         const Target& target);

struct NamedIr {
  ProgramIr ir;
  std::unique_ptr<DumpNotes> notes;  // on ir.module
};

// The same for dumps: the same instructions, with every value named, after the spec where it can.
[[nodiscard]] Result<NamedIr> build_named_ir(const Plan& plan,
                                             std::span<const ProgramSymbols> programs,
                                             const Target& target);

}  // namespace rigjit
