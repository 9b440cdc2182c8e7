#include "codegen/link/target_machine.h"

#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>

#include <mutex>
#include <string>

#include "base/make_error.h"

namespace rigjit {
namespace {

// Each back end when code for it is first made: a load needs one of them.
void initialize_back_end(const Target& target) {
  if (target.id == TargetId::kAArch64) {
    static std::once_flag once;
    std::call_once(once, [] {
      LLVMInitializeAArch64TargetInfo();
      LLVMInitializeAArch64Target();
      LLVMInitializeAArch64TargetMC();
      LLVMInitializeAArch64AsmPrinter();
    });
    return;
  }
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
  });
}

}  // namespace

Result<std::unique_ptr<llvm::TargetMachine>> make_target_machine(const Target& target) {
  initialize_back_end(target);
  std::string reason;
  const auto* back_end = llvm::TargetRegistry::lookupTarget(target.llvm_triple, reason);
  if (!back_end) {
    return make_error("target-not-built", std::string("this build of rigjit makes no code for ") +
                                              target.name + ": " + reason);
  }
  std::unique_ptr<llvm::TargetMachine> machine(back_end->createTargetMachine(
      target.llvm_triple, target.llvm_cpu, target.llvm_features, llvm::TargetOptions(),
      llvm::Reloc::PIC_, llvm::CodeModel::Small, llvm::CodeGenOptLevel::None, /*JIT=*/false));
  machine->setFastISel(false);
  return machine;
}

}  // namespace rigjit
