// A controller's part of a program is a slice: its own instructions, what they are computed from,
// the functions they call, and the calls that lead to them. What goes through memory needs no
// arrow, as instructions on both sides are the controller's.
#include "codegen/ir_text.h"

#include <llvm/IR/Instructions.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "base/make_error.h"
#include "codegen/ir_listing.h"

namespace rigjit {
namespace {

using Instructions = std::unordered_set<const llvm::Instruction*>;

// What one controller needs, found from the instructions that are its own: what those are computed
// from, where their results are read from memory by its own, and functions that they call.
class Slice {
 public:
  Slice(const NamedIr& named, const PlanController& controller) {
    for (const llvm::Function& function : *named.ir.module) {
      for (const llvm::BasicBlock& block : function) {
        for (const llvm::Instruction& instruction : block) {
          if (concerns(named.notes->concern_of(&instruction), controller)) add(instruction);
        }
      }
    }
    // Who calls what holds something of it, up to the kernel, which is last.
    for (const llvm::Function& function : *named.ir.module) {
      for (const llvm::BasicBlock& block : function) {
        for (const llvm::Instruction& instruction : block) {
          const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
          const llvm::Function* callee = call != nullptr ? call->getCalledFunction() : nullptr;
          if (callee != nullptr && functions_.contains(callee)) add(instruction);
        }
      }
    }
  }

  [[nodiscard]] bool has(const llvm::Instruction* instruction) const {
    return kept_.contains(instruction) || whole_.contains(instruction->getFunction());
  }
  [[nodiscard]] bool has(const llvm::Function* function) const {
    return functions_.contains(function) || whole_.contains(function);
  }

 private:
  void add(const llvm::Instruction& instruction) {
    if (!kept_.insert(&instruction).second) return;
    functions_.insert(instruction.getFunction());
    if (const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction)) {
      const llvm::Function* callee = call->getCalledFunction();
      // Without instructions of any controller: what all rotations of a shape share.
      if (callee != nullptr && !callee->isDeclaration() && !functions_.contains(callee)) {
        whole_.insert(callee);
      }
    }
    for (const llvm::Value* operand : instruction.operands()) {
      if (const auto* used = llvm::dyn_cast<llvm::Instruction>(operand)) add(*used);
    }
  }

  Instructions kept_;
  std::unordered_set<const llvm::Function*> functions_;  // that hold some of them
  std::unordered_set<const llvm::Function*> whole_;
};

// Bad results of others are combined with those of the controller; the sum of all is of no use.
bool is_shown(const IrListing& listing, const IrLine& line, const Slice& slice) {
  if (line.function == IrLine::kNone || !slice.has(listing.functions[line.function])) return false;
  return line.instruction == IrLine::kNone || slice.has(listing.instructions[line.instruction]);
}

std::string text_of_controller(const NamedIr& named, const Plan& plan, const SpecPlaces* source,
                               uint32_t controller) {
  const IrListing listing = ir_listing(named, plan, source);
  const Slice slice(named, plan.controllers()[controller]);
  std::string text;
  for (std::string& line : origin_lines({controller}, plan, source)) text += "; " + line + "\n";
  uint32_t function = IrLine::kNone;
  const std::string own = text.substr(0, text.size() - 1);
  for (const IrLine& line : listing.lines) {
    if (!is_shown(listing, line, slice)) continue;
    // Heads of functions name the controllers of all of it.
    if (line.text.starts_with(';') && line.text != own) continue;
    if (line.function != function) text += "\n";
    function = line.function;
    text += line.text + "\n";
  }
  return text;
}

}  // namespace

std::vector<std::string> head_lines(const Plan& plan, std::span<const ProgramSymbols> programs,
                                    const Target& target) {
  std::vector<std::string> lines = {"rigjit, for " + std::string(target.name) + ": " +
                                    std::to_string(plan.controllers().size()) + " controllers, " +
                                    std::to_string(plan.channel_count()) + " channels, " +
                                    std::to_string(plan.input_count()) + " inputs."};
  for (const ProgramSymbols& symbols : programs) {
    lines.push_back("i32 " + symbols.kernel + "(ptr in, ptr out" +
                    (is_continuous(symbols.program) ? ", ptr previous, ptr next" : "") +
                    "): the program " + to_string(symbols.program) +
                    "; returns 0, or nonzero for a bad input.");
  }
  return lines;
}

Result<std::string> build_ir_text(const Plan& plan, std::span<const ProgramSymbols> programs,
                                  const Target& target, std::string_view controller,
                                  const SpecPlaces* source) {
  const auto& controllers = plan.controllers();
  const auto found = std::ranges::find(controllers, controller, &PlanController::name);
  if (!controller.empty() && found == controllers.end()) {
    return make_error("unknown-controller",
                      "the rig has no controller '" + std::string(controller) + "'");
  }
  const auto named = build_named_ir(plan, programs, target);
  if (!named) return named.errors();
  if (!controller.empty()) {
    return text_of_controller(*named, plan, source,
                              static_cast<uint32_t>(found - controllers.begin()));
  }
  std::string text;
  for (const std::string& line : head_lines(plan, programs, target)) text += "; " + line + "\n";
  text += "; Nothing else is needed: llc-19 -filetype=obj -relocation-model=pic makes an object.\n";
  for (const IrLine& line : ir_listing(*named, plan, source).lines) text += line.text + "\n";
  return text;
}

}  // namespace rigjit
