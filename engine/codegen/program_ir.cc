#include "codegen/program_ir.h"

#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <cassert>

#include "codegen/forward_program.h"
#include "codegen/lanes/emitter.h"
#include "codegen/vector_program.h"
#include "plan/layout.h"

namespace rigjit {
namespace {

// notes: null unless for a dump.
Result<ProgramIr> build(const Plan& plan, std::span<const ProgramSymbols> programs,
                        const Target& target, DumpNotes* notes) {
  const bool any_message = std::ranges::any_of(
      programs, [](const ProgramSymbols& symbols) { return writes_message(symbols.program); });
  const Result<MessageLayout> layout = any_message ? message_layout(plan) : MessageLayout{};
  if (!layout) return layout.errors();
  ProgramIr ir;
  ir.context = std::make_unique<llvm::LLVMContext>();
  ir.context->setDiscardValueNames(notes == nullptr);
  ir.module = std::make_unique<llvm::Module>("rigjit", *ir.context);
  ir.module->setTargetTriple(target.llvm_triple);
  ir.module->setDataLayout(target.llvm_data_layout);
  for (const ProgramSymbols& symbols : programs) {
    Emitter emitter(*ir.module, target, notes);
    if (symbols.program == Program::kVector) {
      emit_vector_program(emitter, plan, symbols);
    } else {
      emit_forward_program(emitter, plan, symbols, *layout);
    }
    emitter.finish_constants();
  }
  assert(!llvm::verifyModule(*ir.module, &llvm::errs()));
  return ir;
}

}  // namespace

Result<ProgramIr> build_ir(const Plan& plan, std::span<const ProgramSymbols> programs,
                           const Target& target) {
  return build(plan, programs, target, nullptr);
}

Result<NamedIr> build_named_ir(const Plan& plan, std::span<const ProgramSymbols> programs,
                               const Target& target) {
  auto notes = std::make_unique<DumpNotes>();
  auto ir = build(plan, programs, target, notes.get());
  if (!ir) return std::move(ir).errors();
  return NamedIr{std::move(*ir), std::move(notes)};
}

}  // namespace rigjit
