#include "compare/plan_match.h"

#include <cassert>
#include <string_view>
#include <unordered_map>

#include "plan/rot6d_elements.h"

namespace rigjit {
namespace {

std::vector<uint32_t> writers(const Plan& plan) {
  std::vector<uint32_t> writer(plan.channel_count());
  for (uint32_t i = 0; i < plan.operations().size(); ++i) {
    const Operation& operation = plan.operations()[i];
    const uint32_t first = channel_of(operation);
    for (uint32_t k = 0; k < channel_count_of(operation); ++k) writer[first + k] = i;
  }
  return writer;
}

class Matcher {
 public:
  Matcher(const Plan& old_plan, const Plan& new_plan) : old_(old_plan), new_(new_plan) {
    for (const PlanController& controller : old_.controllers()) {
      old_controllers_.emplace(controller.name, &controller);
    }
  }

  PlanMatch run() {
    match_.writer_in_old = writers(old_);
    match_.writer_in_new = writers(new_);
    match_.old_channel.assign(new_.channel_count(), kNoMatch);
    match_.old_operation.assign(new_.operations().size(), kNoMatch);
    is_taken_.assign(old_.operations().size(), false);
    for (const PlanController& controller : new_.controllers()) {
      const auto found = old_controllers_.find(controller.name);
      if (found == old_controllers_.end()) continue;
      match_channels(*found->second, controller);
      match_operations(controller);
      match_rotations(*found->second, controller);
    }
    return std::move(match_);
  }

 private:
  void match_channels(const PlanController& old_controller, const PlanController& controller) {
    std::unordered_map<std::string_view, uint32_t> old_channels;
    for (uint32_t i = 0; i < old_controller.channel_count; ++i) {
      const uint32_t channel = old_controller.first_channel + i;
      old_channels.emplace(old_.attributes()[channel], channel);
    }
    for (uint32_t i = 0; i < controller.channel_count; ++i) {
      const uint32_t channel = controller.first_channel + i;
      const auto found = old_channels.find(new_.attributes()[channel]);
      if (found != old_channels.end()) match_.old_channel[channel] = found->second;
    }
  }

  // Calls f(operation's index) for each of a controller's operations.
  template <typename Function>
  static void for_each(const PlanController& controller, const std::vector<uint32_t>& writer,
                       Function f) {
    uint32_t last = kNoMatch;
    for (uint32_t i = 0; i < controller.channel_count; ++i) {
      const uint32_t operation = writer[controller.first_channel + i];
      if (operation != last) f(operation);
      last = operation;
    }
  }

  void match_operations(const PlanController& controller) {
    for_each(controller, match_.writer_in_new, [&](uint32_t index) {
      const Operation& operation = new_.operations()[index];
      const uint32_t channel = match_.old_channel[channel_of(operation)];
      if (channel == kNoMatch) return;
      const uint32_t old_index = match_.writer_in_old[channel];
      const bool is_same_kind = old_.operations()[old_index].index() == operation.index();
      if (is_same_kind && names_agree(old_, channel, new_, channel_of(operation))) {
        pair(old_index, index);
      }
    });
  }

  void match_rotations(const PlanController& old_controller, const PlanController& controller) {
    for_each(controller, match_.writer_in_new, [&](uint32_t index) {
      const bool is_rotation = std::holds_alternative<Rotation>(new_.operations()[index]);
      if (!is_rotation || match_.old_operation[index] != kNoMatch) return;
      for_each(old_controller, match_.writer_in_old, [&](uint32_t old_index) {
        const bool is_free = !is_taken_[old_index] && match_.old_operation[index] == kNoMatch;
        if (is_free && std::holds_alternative<Rotation>(old_.operations()[old_index])) {
          pair(old_index, index);
        }
      });
    });
  }

  void pair(uint32_t old_index, uint32_t index) {
    match_.old_operation[index] = old_index;
    is_taken_[old_index] = true;
  }

  const Plan& old_;
  const Plan& new_;
  std::unordered_map<std::string_view, const PlanController*> old_controllers_;
  std::vector<bool> is_taken_;  // old operations
  PlanMatch match_;
};

}  // namespace

bool names_agree(const Plan& one, uint32_t channel, const Plan& other, uint32_t other_channel) {
  const auto is_whole = [](ChannelType type) {
    return type == ChannelType::kBool || type == ChannelType::kInt;
  };
  if (is_whole(one.types()[channel]) || is_whole(other.types()[other_channel])) return true;
  return one.enum_names(channel) == other.enum_names(other_channel);
}

PlanMatch match(const Plan& old_plan, const Plan& new_plan) {
  return Matcher(old_plan, new_plan).run();
}

InputRange inputs_of(const Operation& operation) {
  if (const auto* affine = std::get_if<Affine>(&operation)) return {affine->input, 1};
  if (const auto* angle = std::get_if<Angle>(&operation)) return {angle->input, 2};
  if (const auto* rotation = std::get_if<Rotation>(&operation))
    return {rotation->input, kRot6dSize};
  if (const auto* one_hot = std::get_if<OneHot>(&operation)) {
    return {one_hot->input, one_hot->count};
  }
  return {};
}

uint32_t old_input(const Operation& old_operation, const Operation& new_operation,
                   uint32_t offset) {
  assert(old_operation.index() == new_operation.index());
  if (const auto* rotation = std::get_if<Rotation>(&new_operation)) {
    const auto& old_rotation = std::get<Rotation>(old_operation);
    for (uint32_t which = 0; which < 2; ++which) {
      for (uint32_t axis = 0; axis < 3; ++axis) {
        if (rot6d_element(rotation->layout, which, axis) != offset) continue;
        return old_rotation.input + rot6d_element(old_rotation.layout, which, axis);
      }
    }
  }
  if (const auto* angle = std::get_if<Angle>(&new_operation)) {
    const auto& old_angle = std::get<Angle>(old_operation);
    return old_angle.input + (angle->cos_first == old_angle.cos_first ? offset : 1 - offset);
  }
  return inputs_of(old_operation).first + offset;
}

}  // namespace rigjit
