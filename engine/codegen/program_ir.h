// Plan -> IR of one program.
#pragma once

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <optional>
#include <vector>

#include "code/program.h"
#include "code/target.h"
#include "codegen/lanes/emitter.h"
#include "plan/plan.h"

namespace rigjit {

struct ProgramIr {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  std::vector<uint8_t> table;  // what the kernel's third argument points to
};

// The module has one external function, the kernel (KernelFunction in codegen/program.h).
// Fails as message_layout() does.
[[nodiscard]] Result<ProgramIr> build_ir(const Plan& plan, Program program, const Target& target);

struct NamedIr {
  ProgramIr ir;
  std::unique_ptr<Emitter> emitter;  // of ir.module; tells which instruction works for whom
};

// The same for dumps, with values named after the spec; `focus` as in the Emitter.
[[nodiscard]] Result<NamedIr> build_named_ir(const Plan& plan, Program program,
                                             const Target& target, std::optional<uint32_t> focus);

}  // namespace rigjit
