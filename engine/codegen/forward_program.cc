// A program from its parts. For each segment of the schedule, in this order, as each reads what the
// one before left in the scratch: lane groups (rotations and angles), one_hots, then the sink,
// message or values. Affine values have no part of their own: the sink computes them where it needs
// them, in registers, so that they never pass through memory on targets that can permute bytes.
#include "codegen/forward_program.h"

#include <span>
#include <string>

#include "codegen/channel_names.h"
#include "codegen/kernel_parts.h"
#include "codegen/lane_functions.h"
#include "codegen/message.h"
#include "codegen/one_hot.h"
#include "codegen/schedule.h"
#include "codegen/values.h"

namespace rigjit {
namespace {

// What one part holds at most.
constexpr uint32_t kMessageBytesOfPart = 2048;

class ForwardProgram {
 public:
  ForwardProgram(Emitter& emitter, const Plan& plan, const ProgramSymbols& symbols,
                 const MessageLayout& layout)
      : e_(emitter),
        plan_(plan),
        program_(symbols.program),
        state_map_(symbols.state_map),
        groups_of_part_(symbols.one_group_a_part ? 1 : kGroupsOfPart),
        schedule_(make_schedule(plan, emitter.lanes)),
        kernel_(emitter, symbols.program, symbols.kernel),
        lanes_(emitter, plan, schedule_, is_continuous(symbols.program)),
        values_(emitter, plan, schedule_,
                writes_message(symbols.program) ? ValueForm::kMessage : ValueForm::kNumbers),
        message_(emitter, values_, plan, layout) {}

  void emit() {
    if (is_continuous(program_)) add_state_map();
    lanes_.emit_functions();
    for (size_t i = 0; i < schedule_.segments.size(); ++i) {
      emit_segment("segment" + std::to_string(i), schedule_.segments[i]);
    }
    kernel_.emit_kernel(plan_.input_count(), schedule_.scratch_floats);
  }

 private:
  void add_state_map() {
    std::vector<uint32_t> state = {schedule_.state_floats};
    state.resize(1 + plan_.channel_count(), kNotRemembered);
    for (const Segment& segment : schedule_.segments) {
      for (const LaneGroup& group : segment.groups) {
        const LaneShape& shape = schedule_.shapes[group.shape];
        for (uint32_t i = 0; i < group.operations.size(); ++i) {
          const uint32_t channel = channel_of(plan_.operations()[group.operations[i]]);
          for (uint32_t k = 0; k < shape.results(); ++k) {
            state[1 + channel + k] = group.state + k * e_.lanes + shape.lane_of(i, e_.lanes);
          }
        }
      }
    }
    e_.add_external_constant(state_map_, state);
  }

  void emit_segment(const std::string& name, const Segment& segment) {
    kernel_.emit_parts(name + ".lanes", 0, static_cast<uint32_t>(segment.groups.size()),
                       groups_of_part_, [&](uint32_t first, uint32_t end) {
                         return emit_groups(std::span(segment.groups).subspan(first, end - first));
                       });
    kernel_.emit_one_hots(
        name + ".one_hots", plan_, segment.one_hots,
        [&](std::span<const uint32_t> operations) { return emit_one_hots(operations); });
    if (writes_message(program_)) {
      emit_message(name + ".message", segment);
    } else {
      kernel_.emit_parts(name + ".values", segment.first_channel, segment.end_channel,
                         kVectorsOfPart * e_.lanes,
                         [&](uint32_t first, uint32_t end) { return emit_values(first, end); });
    }
  }

  llvm::Value* emit_groups(std::span<const LaneGroup> groups) {
    llvm::Value* bad = e_.b.getInt32(0);
    for (const LaneGroup& group : groups) {
      e_.concerns([&] { return channels_of(plan_, group); });
      bad = e_.b.CreateOr(bad, lanes_.emit_call(group));
    }
    e_.concerns();
    return bad;
  }

  llvm::Value* emit_one_hots(std::span<const uint32_t> operations) {
    const uint32_t first = channel_of(plan_.operations()[operations.front()]);
    e_.concerns([&] { return channels_of(plan_, operations); });
    llvm::Value* bad = rigjit::emit_one_hots(e_, plan_, operations, schedule_.sources[first].index,
                                             values_.form());
    e_.concerns();
    return bad;
  }

  void emit_message(const std::string& name, const Segment& segment) {
    const std::vector<MessageChunk> chunks = message_.chunks(segment);
    kernel_.emit_parts(name, 0, static_cast<uint32_t>(chunks.size()),
                       kMessageBytesOfPart / chunks.front().width,
                       [&](uint32_t first, uint32_t end) {
                         return message_.emit(std::span(chunks).subspan(first, end - first));
                       });
  }

  llvm::Value* emit_values(uint32_t first, uint32_t end) {
    values_.begin(first, end);
    // The next part may be shorter than what a whole vector writes behind this one.
    const bool exactly = end + e_.lanes > plan_.channel_count();
    values_.store_flat(first, end, e_.out, 4 * uint64_t{first}, exactly);
    return values_.end();
  }

  Emitter& e_;
  const Plan& plan_;
  const Program program_;
  const std::string state_map_;
  const uint32_t groups_of_part_;
  const Schedule schedule_;
  KernelParts kernel_;
  LaneFunctions lanes_;
  ValuesEmitter values_;
  MessageEmitter message_;
};

}  // namespace

void emit_forward_program(Emitter& e, const Plan& plan, const ProgramSymbols& symbols,
                          const MessageLayout& layout) {
  ForwardProgram(e, plan, symbols, layout).emit();
}

}  // namespace rigjit
