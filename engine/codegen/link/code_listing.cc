#include <llvm/IR/Instructions.h>

#include <algorithm>
#include <unordered_map>

#include "base/no_fork.h"
#include "codegen/ir_listing.h"
#include "codegen/ir_text.h"
#include "codegen/link/assembly_listing.h"
#include "codegen/link/compile.h"

namespace rigjit {
namespace {

using Channels = std::vector<std::pair<uint32_t, uint32_t>>;

Channels merged(Concern concern) {
  std::ranges::sort(concern, {}, &ChannelRange::first);
  Channels channels;
  for (const ChannelRange& range : concern) {
    if (!channels.empty() && range.first <= channels.back().second + 1) {
      channels.back().second = std::max(channels.back().second, range.last);
    } else {
      channels.emplace_back(range.first, range.last);
    }
  }
  return channels;
}

// Functions without instructions of any channel, as those that all rotations of a shape share, work
// for the channels of whoever calls them.
class Owners {
 public:
  Owners(const NamedIr& named, const IrListing& ir) : named_(named), ir_(ir) {
    std::unordered_map<const llvm::Function*, Concern> callers;
    for (const llvm::Instruction* instruction : ir.instructions) {
      const Concern& concern = named.notes->concern_of(instruction);
      if (!concern.empty()) has_own_[instruction->getFunction()] = true;
      const auto* call = llvm::dyn_cast<llvm::CallInst>(instruction);
      if (call == nullptr || concern.empty()) continue;
      Concern& of_callee = callers[call->getCalledFunction()];
      of_callee.insert(of_callee.end(), concern.begin(), concern.end());
    }
    // In any order: each function has its own entry.
    // NOLINTNEXTLINE(bugprone-nondeterministic-pointer-iteration-order)
    for (auto& [function, concern] : callers) shared_[function] = merged(std::move(concern));
  }

  [[nodiscard]] Channels of_instruction(uint32_t index) const {
    if (index == IrLine::kNone) return {};
    const llvm::Instruction* instruction = ir_.instructions[index];
    const llvm::Function* function = instruction->getFunction();
    if (has_own_.contains(function)) return merged(named_.notes->concern_of(instruction));
    const auto shared = shared_.find(function);
    return shared == shared_.end() ? Channels{} : shared->second;
  }

 private:
  const NamedIr& named_;
  const IrListing& ir_;
  std::unordered_map<const llvm::Function*, bool> has_own_;
  std::unordered_map<const llvm::Function*, Channels> shared_;
};

}  // namespace

Result<CodeListing> code_listing(const Plan& plan, std::span<const ProgramSymbols> programs,
                                 const Target& target, const SpecPlaces* source) {
  const NoFork no_fork;
  auto named = build_named_ir(plan, programs, target);
  if (!named) return std::move(named).errors();
  const IrListing ir = ir_listing(*named, plan, source);
  const auto assembly = assembly_listing(*named, ir, plan, source, target);
  if (!assembly) return assembly.errors();
  const Owners owners(*named, ir);
  CodeListing listing;
  for (const IrLine& line : ir.lines) {
    listing.ir.push_back({line.text, owners.of_instruction(line.instruction)});
  }
  for (const AssemblyLine& line : *assembly) {
    listing.assembly.push_back({line.text, owners.of_instruction(line.instruction)});
  }
  return listing;
}

}  // namespace rigjit
