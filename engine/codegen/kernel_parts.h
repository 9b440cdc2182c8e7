// What every program is made of: internal functions of bounded size, and the kernel that calls one
// after the other.
#pragma once

#include <llvm/ADT/STLFunctionalExtras.h>

#include <span>
#include <string>
#include <vector>

#include "code/program.h"
#include "codegen/lanes/emitter.h"
#include "plan/plan.h"

namespace rigjit {

// What one part holds at most.
inline constexpr uint32_t kGroupsOfPart = 4;
inline constexpr uint32_t kVectorsOfPart = 16;

class KernelParts {
 public:
  // kernel: what emit_kernel() calls it.
  KernelParts(Emitter& emitter, Program program, std::string kernel)
      : e_(emitter), is_continuous_(is_continuous(program)), kernel_(std::move(kernel)) {}

  // Emits [first, end) in parts of at most `size`, each an internal function: (in, out,
  // [previous, next,] scratch) -> nonzero if anything is bad, an i32 that `body` returns. The time
  // to select a block's instructions grows faster than the block.
  void emit_parts(const std::string& name, uint32_t first, uint32_t end, uint32_t size,
                  llvm::function_ref<llvm::Value*(uint32_t first, uint32_t end)> body);
  // The same of OneHots, indices into plan.operations(): as many a part as there are lanes, or
  // fewer, since they differ in size; one that is large has a part of its own.
  void emit_one_hots(const std::string& name, const Plan& plan, std::span<const uint32_t> one_hots,
                     llvm::function_ref<llvm::Value*(std::span<const uint32_t>)> body);

  // After all parts. in_floats: the length of the kernel's input.
  void emit_kernel(uint32_t in_floats, uint32_t scratch_floats);

 private:
  [[nodiscard]] llvm::FunctionType* function_type(bool has_scratch);
  void take_parameters(llvm::Function* function);
  llvm::Value* vector_alloca(uint32_t floats, const char* name);
  llvm::Value* copy_of_short_input(uint32_t floats);
  llvm::Value* enter_default_float_state();
  void restore_float_state(llvm::Value* saved);

  Emitter& e_;
  const bool is_continuous_;
  const std::string kernel_;
  std::vector<llvm::Function*> parts_;
};

}  // namespace rigjit
