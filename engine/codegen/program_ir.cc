#include "codegen/program_ir.h"

#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <cassert>

#include "codegen/forward_program.h"
#include "codegen/inverse_program.h"
#include "plan/layout.h"

namespace rigjit {
namespace {

Result<NamedIr> build(const Plan& plan, Program program, const Target& target, bool keep_names,
                      std::optional<uint32_t> focus = {}) {
  auto layout = writes_message(program) ? message_layout(plan) : MessageLayout{};
  if (!layout) return std::move(layout).errors();
  NamedIr built;
  built.ir.context = std::make_unique<llvm::LLVMContext>();
  built.ir.context->setDiscardValueNames(!keep_names);
  built.ir.module = std::make_unique<llvm::Module>("rigjit", *built.ir.context);
  built.ir.module->setTargetTriple(target.llvm_triple);
  built.emitter = std::make_unique<Emitter>(*built.ir.module, target, keep_names);
  built.emitter->focus = focus;
  if (program == Program::kVector) {
    emit_inverse_program(*built.emitter, plan);
  } else {
    emit_forward_program(*built.emitter, plan, program, *layout);
  }
  assert(!llvm::verifyModule(*built.ir.module, &llvm::errs()));
  built.ir.table = built.emitter->table.bytes();
  return built;
}

}  // namespace

Result<ProgramIr> build_ir(const Plan& plan, Program program, const Target& target) {
  auto built = build(plan, program, target, false);
  if (!built) return std::move(built).errors();
  return std::move(built->ir);
}

Result<NamedIr> build_named_ir(const Plan& plan, Program program, const Target& target,
                               std::optional<uint32_t> focus) {
  return build(plan, program, target, true, focus);
}

}  // namespace rigjit
