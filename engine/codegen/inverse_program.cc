#include "codegen/inverse_program.h"

#include <span>
#include <string>

#include "codegen/channel_names.h"
#include "codegen/inverse.h"
#include "codegen/kernel_frame.h"
#include "codegen/schedule.h"

namespace rigjit {
namespace {

llvm::Value* emit_groups(Emitter& e, InverseEmitter& inverse, const Plan& plan,
                         std::span<const LaneGroup> groups) {
  llvm::Value* bad = e.b.getInt32(0);
  for (const LaneGroup& group : groups) {
    e.concerns([&] { return channels_of(plan, group); });
    bad = e.b.CreateOr(bad, inverse.emit_group(group));
  }
  e.concerns();
  return bad;
}

llvm::Value* emit_one_hots(Emitter& e, InverseEmitter& inverse, const Plan& plan,
                           std::span<const uint32_t> operations) {
  llvm::Value* bad = e.b.getInt32(0);
  for (const uint32_t operation : operations) {
    const auto& op = std::get<OneHot>(plan.operations()[operation]);
    e.concerns({op.channel, op.channel});
    bad = e.b.CreateOr(bad, inverse.emit_one_hot(op));
  }
  e.concerns();
  return bad;
}

}  // namespace

void emit_inverse_program(Emitter& e, const Plan& plan, const ProgramSymbols& symbols) {
  const Schedule schedule = make_schedule(plan, e.lanes);
  KernelFrame frame(e, Program::kVector, symbols.kernel);
  InverseEmitter inverse(e, plan, schedule);
  inverse.emit_functions();
  frame.emit_parts("elements", 0, plan.input_count(), kVectorsOfPart * e.lanes,
                   [&](uint32_t first, uint32_t end) { return inverse.emit_elements(first, end); });
  for (size_t i = 0; i < schedule.segments.size(); ++i) {
    const Segment& segment = schedule.segments[i];
    const std::string name = "segment" + std::to_string(i);
    frame.emit_parts(name + ".lanes", 0, static_cast<uint32_t>(segment.groups.size()),
                     kGroupsOfPart, [&](uint32_t first, uint32_t end) {
                       return emit_groups(e, inverse, plan,
                                          std::span(segment.groups).subspan(first, end - first));
                     });
    frame.emit_one_hots(name + ".one_hots", plan, segment.one_hots,
                        [&](std::span<const uint32_t> operations) {
                          return emit_one_hots(e, inverse, plan, operations);
                        });
  }
  frame.emit_kernel(plan.channel_count(), inverse.scratch_floats());
}

}  // namespace rigjit
