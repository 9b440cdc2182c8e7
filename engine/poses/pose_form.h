// What the poses of one rig look like: its names, what each is for, and the bytes of its message.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/layout.h"
#include "plan/plan.h"

namespace rigjit {

// Immutable: any thread may use it at any time.
class PoseForm {
 public:
  // Fails as message_layout does.
  [[nodiscard]] static Result<PoseForm> make(std::shared_ptr<const Plan> shared_plan);

  [[nodiscard]] uint32_t controller_count() const noexcept {
    return static_cast<uint32_t>(plan_->controllers().size());
  }
  [[nodiscard]] uint32_t channel_count() const noexcept { return plan_->channel_count(); }
  [[nodiscard]] const PlanController& controller(uint32_t index) const {
    return plan_->controllers()[index];
  }
  [[nodiscard]] std::string_view attribute(uint32_t channel) const { return attributes_[channel]; }
  // The same if JSON writes it between quotes as it is and it has less than 64 bytes, else empty.
  [[nodiscard]] std::string_view plain_attribute(uint32_t channel) const {
    return plain_attributes_[channel];
  }
  [[nodiscard]] ChannelType type(uint32_t channel) const { return plan_->types()[channel]; }
  // Of a bool, int or enum; infinite for a float.
  [[nodiscard]] Limits whole_limits(uint32_t channel) const;
  // Whether the values of bools, ints and enums are whole numbers within these limits. values:
  // channel_count floats.
  [[nodiscard]] bool holds_whole_values(const float* values) const;
  // The index of an enum's name.
  [[nodiscard]] std::optional<uint32_t> find_name(uint32_t channel, std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& enum_names(uint32_t channel) const {
    return plan_->enum_names(channel);
  }
  // A constant's value is no input: it may be missing, or anything.
  [[nodiscard]] bool is_constant(uint32_t channel) const { return is_constant_[channel] != 0; }
  // The rest pose, one a channel.
  [[nodiscard]] const std::vector<float>& rest_values() const noexcept { return rest_values_; }

  // O(log) of how many there are; `expected` is tried first.
  [[nodiscard]] std::optional<uint32_t> find_controller(std::string_view name,
                                                        uint32_t expected) const;
  [[nodiscard]] std::optional<uint32_t> find_channel(uint32_t controller,
                                                     std::string_view attribute) const;

  // "x_main_CTRL.translateX"; printable.
  [[nodiscard]] std::string name_of(uint32_t channel) const;
  // pose["x_main_CTRL"]["translateX"]
  [[nodiscard]] std::string path_of(uint32_t channel) const;

  // Whether the bytes are a message of just the form that the rig itself writes; its numbers then
  // go to `values` (channel_count floats), whatever they are. Some of `values` may be written else.
  [[nodiscard]] bool read_own_message(std::span<const uint8_t> bytes, float* values) const;

 private:
  explicit PoseForm(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {}

  std::shared_ptr<const Plan> plan_;
  std::vector<std::string_view> attributes_, plain_attributes_;  // the plan's
  std::vector<uint8_t> is_constant_;
  std::vector<float> rest_values_;
  std::vector<uint32_t> controllers_by_name_;
  std::vector<uint32_t> channels_by_name_;  // sorted within each controller
  std::vector<uint8_t> message_;            // its numbers zero
  std::vector<uint8_t> mask_;               // all bits set but those of numbers
  std::vector<uint32_t> slots_;
  // What is no float in the message.
  struct TypedSlot {
    uint32_t channel;
    uint32_t offset;
    ChannelType type;
    bool is_byte;
    Limits limits;
  };
  std::vector<TypedSlot> typed_slots_;  // by channel

  [[nodiscard]] static bool read_slot(const TypedSlot& slot, const uint8_t* message, float& value);
};

// pose["controller"], with what cannot be printed escaped.
[[nodiscard]] std::string controller_path(std::string_view controller);

}  // namespace rigjit
