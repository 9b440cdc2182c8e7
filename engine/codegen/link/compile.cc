#include "codegen/link/compile.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/default_float_env.h"
#include "base/make_error.h"
#include "base/no_fork.h"
#include "codegen/channel_names.h"
#include "codegen/ir_text.h"
#include "codegen/link/assembly_listing.h"
#include "codegen/link/image_memory.h"
#include "codegen/link/llvm_memory.h"
#include "codegen/link/target_machine.h"
#include "codegen/program_ir.h"
#include "codegen/schedule.h"

namespace rigjit {
namespace {

Error error_of(llvm::Error error) {
  return make_error("compile-failed", "LLVM: " + llvm::toString(std::move(error)));
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

// Links the module as LLJIT would, into an image. `names`: symbols whose offsets come back.
Result<std::pair<CodeImage, std::vector<uint32_t>>> linked(ProgramIr ir, const Target& target,
                                                           const std::vector<std::string>& names) {
  auto machine = make_target_machine(target);
  if (!machine) return std::move(machine).errors();
  ImageMemory memory;
  auto jit = make_jit(target, std::move(*machine), memory);
  if (!jit) return error_of(jit.takeError());
  assert(ir.module->getDataLayout() == (*jit)->getDataLayout());
  if (auto error = (*jit)->addIRModule({std::move(ir.module), std::move(ir.context)})) {
    return error_of(std::move(error));
  }
  std::vector<uint32_t> offsets;
  for (const std::string& name : names) {
    auto address = (*jit)->lookup(name);
    if (!address) return error_of(address.takeError());
    offsets.push_back(static_cast<uint32_t>(address->getValue() - ImageMemory::kBase));
  }
  if (memory.bytes().size() > INT32_MAX) {
    return make_error("compile-failed", "the rig's machine code is larger than 2 GB");
  }
  CodeImage image;
  image.bytes = memory.bytes();
  image.offsets.entry = offsets.front();
  image.offsets.code = memory.code_offset();
  image.offsets.code_size = memory.code_size();
  return std::pair(std::move(image), std::move(offsets));
}

PartImage::Part part_of(const llvm::Function& function, const DumpNotes& notes, const Plan& plan) {
  PartImage::Part part{function.getName().str(), {}, {}, 0};
  std::string shape;
  for (const llvm::Instruction& instruction : function.getEntryBlock()) {
    for (const ChannelRange& range : notes.concern_of(&instruction)) {
      part.channels.emplace_back(range.first, range.last);
    }
    const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
    const llvm::Function* callee = call != nullptr ? call->getCalledFunction() : nullptr;
    if (callee != nullptr && !callee->isDeclaration()) shape = callee->getName().str() + ": ";
  }
  std::ranges::sort(part.channels);
  const auto repeated = std::ranges::unique(part.channels);
  part.channels.erase(repeated.begin(), repeated.end());
  if (!part.channels.empty()) {
    part.what =
        shape + names_of_channels(plan, part.channels.front().first, part.channels.back().second);
  }
  return part;
}

}  // namespace

Result<CodeImage> compile(const Plan& plan, Program program, const Target& target) {
  const DefaultFloatEnv env;
  const LlvmMemory memory_of_llvm(plan.operations().size());
  const NoFork no_fork;
  const ProgramSymbols symbols{program};
  auto ir = build_ir(plan, {&symbols, 1}, target);
  if (!ir) return std::move(ir).errors();
  std::vector<std::string> names = {symbols.kernel};
  if (is_continuous(program)) names.push_back(symbols.state_map);
  auto result = linked(std::move(*ir), target, names);
  if (!result) return std::move(result).errors();
  auto& [image, offsets] = *result;
  if (is_continuous(program)) {
    image.offsets.state = offsets.back();
    image.offsets.state_size =
        static_cast<uint32_t>((1 + size_t{plan.channel_count()}) * sizeof(uint32_t));
  }
  return std::move(image);
}

Result<PartImage> compile_parts(const Plan& plan, Program program, const Target& target) {
  const DefaultFloatEnv env;
  const LlvmMemory memory_of_llvm(plan.operations().size());
  const NoFork no_fork;
  ProgramSymbols symbols{program};
  symbols.one_group_a_part = true;
  auto named = build_named_ir(plan, {&symbols, 1}, target);
  if (!named) return std::move(named).errors();
  PartImage result;
  std::vector<std::string> names = {symbols.kernel};
  for (llvm::Function& function : *named->ir.module) {
    if (!function.getName().starts_with("segment")) continue;
    function.setLinkage(llvm::GlobalValue::ExternalLinkage);
    result.parts.push_back(part_of(function, *named->notes, plan));
    names.push_back(result.parts.back().name);
  }
  const llvm::Function* kernel = named->ir.module->getFunction(symbols.kernel);
  for (const llvm::Instruction& instruction : kernel->getEntryBlock()) {
    const auto* scratch = llvm::dyn_cast<llvm::AllocaInst>(&instruction);
    if (scratch == nullptr || scratch->getName() != "scratch") continue;
    result.scratch_floats =
        static_cast<uint32_t>(scratch->getAllocatedType()->getArrayNumElements());
  }
  auto image = linked(std::move(named->ir), target, names);
  if (!image) return std::move(image).errors();
  result.image = std::move(image->first);
  for (size_t i = 0; i < result.parts.size(); ++i) {
    result.parts[i].offset = image->second[i + 1];
  }
  return result;
}

Result<std::string> ir_text(const Plan& plan, std::span<const ProgramSymbols> programs,
                            const Target& target, std::string_view controller,
                            const SpecPlaces* source) {
  const DefaultFloatEnv env;
  const LlvmMemory memory_of_llvm(plan.operations().size());
  const NoFork no_fork;
  return build_ir_text(plan, programs, target, controller, source);
}

Result<std::string> asm_text(const Plan& plan, std::span<const ProgramSymbols> programs,
                             const Target& target, const SpecPlaces* source) {
  const DefaultFloatEnv env;
  const LlvmMemory memory_of_llvm(plan.operations().size());
  const NoFork no_fork;
  auto named = build_named_ir(plan, programs, target);
  if (!named) return std::move(named).errors();
  const IrListing ir = ir_listing(*named, plan, source);
  auto lines = assembly_listing(*named, ir, plan, source, target);
  if (!lines) return std::move(lines).errors();
  std::string text;
  const char* comment = target.id == TargetId::kAArch64 ? "// " : "# ";
  for (const std::string& line : head_lines(plan, programs, target)) text += comment + line + "\n";
  for (const AssemblyLine& line : *lines) text += line.text + "\n";
  return text;
}

Result<std::vector<uint8_t>> object_file(const Plan& plan, std::span<const ProgramSymbols> programs,
                                         const Target& target) {
  const DefaultFloatEnv env;
  const LlvmMemory memory_of_llvm(plan.operations().size());
  const NoFork no_fork;
  auto machine = make_target_machine(target);
  if (!machine) return std::move(machine).errors();
  auto ir = build_ir(plan, programs, target);
  if (!ir) return std::move(ir).errors();
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    return make_error("compile-failed",
                      std::string("LLVM makes no object file for ") + target.name);
  }
  passes.run(*ir->module);
  return std::vector<uint8_t>(bytes.begin(), bytes.end());
}

uint32_t state_size(const Plan& plan, const Target& target) {
  return make_schedule(plan, target.lanes).state_floats;
}

const char* llvm_version() { return LLVM_VERSION_STRING; }

}  // namespace rigjit
