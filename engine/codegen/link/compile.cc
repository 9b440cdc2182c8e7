#include "codegen/link/compile.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <mutex>

#include "base/no_fork.h"
#include "codegen/ir_text.h"
#include "codegen/kernel_frame.h"
#include "codegen/link/image_memory.h"
#include "codegen/program_ir.h"

namespace rigjit {
namespace {

Error error_of(std::string code, std::string message) {
  Error error;
  error.code = std::move(code);
  error.message = std::move(message);
  return error;
}

Error error_of(llvm::Error error) {
  return error_of("compile-failed", "LLVM: " + llvm::toString(std::move(error)));
}

void initialize_llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
}

// No IR passes and no optimising code generation: the IR is already what the machine should do.
// Whole blocks are selected at once, since the fast selector knows few of the vector instructions.
Result<std::unique_ptr<llvm::TargetMachine>> make_target_machine(const Target& target) {
  initialize_llvm();
  std::string reason;
  const auto* back_end = llvm::TargetRegistry::lookupTarget(target.llvm_triple, reason);
  if (!back_end) {
    return error_of("target-not-built", std::string("this build of rigjit makes no code for ") +
                                            target.name + ": " + reason);
  }
  std::unique_ptr<llvm::TargetMachine> machine(back_end->createTargetMachine(
      target.llvm_triple, target.llvm_cpu, target.llvm_features, llvm::TargetOptions(),
      llvm::Reloc::PIC_, llvm::CodeModel::Small, llvm::CodeGenOptLevel::None, /*JIT=*/true));
  machine->setFastISel(false);
  return machine;
}

// Owns its machine: LLJIT asks for a compiler once.
class OwningCompiler : public llvm::orc::SimpleCompiler {
 public:
  explicit OwningCompiler(std::unique_ptr<llvm::TargetMachine> machine)
      : SimpleCompiler(*machine), machine_(std::move(machine)) {}

 private:
  std::unique_ptr<llvm::TargetMachine> machine_;
};

llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> make_jit(
    const Target& target, std::unique_ptr<llvm::TargetMachine> machine, ImageMemory& memory) {
  namespace orc = llvm::orc;
  orc::JITTargetMachineBuilder description{llvm::Triple(target.llvm_triple)};
  const llvm::DataLayout layout = machine->createDataLayout();
  return orc::LLJITBuilder()
      .setJITTargetMachineBuilder(std::move(description))
      .setDataLayout(layout)
      .setPlatformSetUp(orc::setUpInactivePlatform)
      .setLinkProcessSymbolsByDefault(false)
      .setObjectLinkingLayerCreator(
          [&memory](orc::ExecutionSession& session,
                    const llvm::Triple&) -> llvm::Expected<std::unique_ptr<orc::ObjectLayer>> {
            return std::make_unique<orc::ObjectLinkingLayer>(session, memory);
          })
      .setCompileFunctionCreator(
          [&machine](const orc::JITTargetMachineBuilder&)
              -> llvm::Expected<std::unique_ptr<orc::IRCompileLayer::IRCompiler>> {
            return std::make_unique<OwningCompiler>(std::move(machine));
          })
      .create();
}

}  // namespace

Result<CodeImage> compile(const Plan& plan, Program program, const Target& target) {
  const NoFork no_fork;
  auto machine = make_target_machine(target);
  if (!machine) return std::move(machine).errors();
  auto ir = build_ir(plan, program, target);
  if (!ir) return std::move(ir).errors();
  ImageMemory memory;
  auto jit = make_jit(target, std::move(*machine), memory);
  if (!jit) return error_of(jit.takeError());
  ir->module->setDataLayout((*jit)->getDataLayout());
  std::vector<uint8_t> table = std::move(ir->table);
  if (auto error = (*jit)->addIRModule({std::move(ir->module), std::move(ir->context)})) {
    return error_of(std::move(error));
  }
  auto kernel = (*jit)->lookup(kKernelName);
  if (!kernel) return error_of(kernel.takeError());

  if (memory.bytes().size() + table.size() > INT32_MAX) {
    return error_of("compile-failed", "the rig's machine code is larger than 2 GB");
  }
  CodeImage image;
  image.bytes = memory.bytes();
  image.entry_offset = static_cast<uint32_t>(kernel->getValue() - ImageMemory::kBase);
  image.table_offset = static_cast<uint32_t>(image.bytes.size());
  image.table_size = static_cast<uint32_t>(table.size());
  image.bytes.insert(image.bytes.end(), table.begin(), table.end());
  return image;
}

Result<std::string> ir_text(const Plan& plan, Program program, const Target& target,
                            std::string_view controller) {
  const NoFork no_fork;
  return build_ir_text(plan, program, target, controller);
}

Result<std::string> asm_text(const Plan& plan, Program program, const Target& target) {
  const NoFork no_fork;
  auto machine = make_target_machine(target);
  if (!machine) return std::move(machine).errors();
  auto ir = build_ir(plan, program, target);
  if (!ir) return std::move(ir).errors();
  ir->module->setDataLayout((*machine)->createDataLayout());
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr,
                                      llvm::CodeGenFileType::AssemblyFile)) {
    return error_of("compile-failed", std::string("LLVM prints no assembly for ") + target.name);
  }
  passes.run(*ir->module);
  return std::string(text.str());
}

const char* llvm_version() { return LLVM_VERSION_STRING; }

}  // namespace rigjit
