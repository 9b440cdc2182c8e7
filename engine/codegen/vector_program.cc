#include "codegen/vector_program.h"

#include <span>
#include <string>

#include "codegen/channel_names.h"
#include "codegen/kernel_parts.h"
#include "codegen/schedule.h"
#include "codegen/vector_emitter.h"

namespace rigjit {
namespace {

llvm::Value* emit_groups(Emitter& e, VectorEmitter& vector, const Plan& plan,
                         std::span<const LaneGroup> groups) {
  llvm::Value* bad = e.b.getInt32(0);
  for (const LaneGroup& group : groups) {
    e.concerns([&] { return channels_of(plan, group); });
    bad = e.b.CreateOr(bad, vector.emit_group(group));
  }
  e.concerns();
  return bad;
}

llvm::Value* emit_one_hots(Emitter& e, VectorEmitter& vector, const Plan& plan,
                           std::span<const uint32_t> operations) {
  llvm::Value* bad = e.b.getInt32(0);
  for (const uint32_t operation : operations) {
    const auto& op = std::get<OneHot>(plan.operations()[operation]);
    e.concerns({op.channel, op.channel});
    bad = e.b.CreateOr(bad, vector.emit_one_hot(op));
  }
  e.concerns();
  return bad;
}

}  // namespace

void emit_vector_program(Emitter& e, const Plan& plan, const ProgramSymbols& symbols) {
  const Schedule schedule = make_schedule(plan, e.lanes);
  KernelParts kernel(e, Program::kVector, symbols.kernel);
  VectorEmitter vector(e, plan, schedule);
  vector.emit_functions();
  kernel.emit_parts("elements", 0, plan.input_count(), kVectorsOfPart * e.lanes,
                    [&](uint32_t first, uint32_t end) { return vector.emit_elements(first, end); });
  for (size_t i = 0; i < schedule.segments.size(); ++i) {
    const Segment& segment = schedule.segments[i];
    const std::string name = "segment" + std::to_string(i);
    kernel.emit_parts(name + ".lanes", 0, static_cast<uint32_t>(segment.groups.size()),
                      kGroupsOfPart, [&](uint32_t first, uint32_t end) {
                        return emit_groups(e, vector, plan,
                                           std::span(segment.groups).subspan(first, end - first));
                      });
    kernel.emit_one_hots(name + ".one_hots", plan, segment.one_hots,
                         [&](std::span<const uint32_t> operations) {
                           return emit_one_hots(e, vector, plan, operations);
                         });
  }
  kernel.emit_kernel(plan.channel_count(), vector.scratch_floats());
}

}  // namespace rigjit
