#include "codegen/ir_text.h"

#include <llvm/IR/ModuleSlotTracker.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <optional>

#include "base/make_error.h"
#include "codegen/program_ir.h"

namespace rigjit {
namespace {

std::string text_of_controller(const NamedIr& built, uint32_t controller) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::ModuleSlotTracker slots(built.ir.module.get());
  for (const llvm::Function& function : *built.ir.module) {
    bool is_first = true;
    for (const auto& block : function) {
      for (const llvm::Instruction& instruction : block) {
        const ControllerRange range = built.emitter->range_of(&instruction);
        if (range.last == UINT32_MAX || controller < range.first || controller > range.last)
          continue;
        if (is_first) stream << (text.empty() ? "" : "\n") << "; in " << function.getName() << "\n";
        is_first = false;
        slots.incorporateFunction(function);
        instruction.print(stream, slots);
        stream << "\n";
      }
    }
  }
  return text;
}

}  // namespace

Result<std::string> build_ir_text(const Plan& plan, Program program, const Target& target,
                                  std::string_view controller) {
  const auto& controllers = plan.controllers();
  const auto found = std::ranges::find(controllers, controller, &PlanController::name);
  if (!controller.empty() && found == controllers.end()) {
    return make_error("unknown-controller",
                      "the rig has no controller '" + std::string(controller) + "'");
  }
  std::optional<uint32_t> focus;
  if (!controller.empty()) focus = static_cast<uint32_t>(found - controllers.begin());
  auto built = build_named_ir(plan, program, target, focus);
  if (!built) return std::move(built).errors();
  if (focus) return text_of_controller(*built, *focus);
  std::string text;
  llvm::raw_string_ostream stream(text);
  built->ir.module->print(stream, nullptr);
  return text;
}

}  // namespace rigjit
