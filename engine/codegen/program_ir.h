// Plan -> IR of one program.
#pragma once

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/program.h"
#include "codegen/target.h"
#include "plan/plan.h"

namespace rigjit {

inline constexpr const char* kKernelName = "rigjit_kernel";

struct ProgramIr {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  std::vector<uint8_t> table;  // what the kernel's third argument points to
};

// The module has one external function, the kernel (KernelFunction in codegen/program.h).
// Fails as message_layout() does.
[[nodiscard]] Result<ProgramIr> build_ir(const Plan& plan, Program program, const Target& target);

// The same as text, named after the spec; with a controller, only the instructions that work for
// it.
[[nodiscard]] Result<std::string> build_ir_text(const Plan& plan, Program program,
                                                const Target& target, std::string_view controller);

}  // namespace rigjit
