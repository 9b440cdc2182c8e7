#include "plan/plan.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "plan/name_space.h"
#include "plan/rot6d_elements.h"

namespace rigjit {
namespace {

constexpr std::array<const char*, 3> kTranslateNames = {"translateX", "translateY", "translateZ"};
constexpr std::array<const char*, 3> kRotateNames = {"rotateX", "rotateY", "rotateZ"};
constexpr std::array<const char*, 3> kScaleNames = {"scaleX", "scaleY", "scaleZ"};
constexpr std::array<const char*, 4> kQuaternionNames = {"quaternionW", "quaternionX",
                                                         "quaternionY", "quaternionZ"};
constexpr std::array<const char*, 3> kAxisNames = {"x", "y", "z"};

[[maybe_unused]] constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Only asserts ask.
[[maybe_unused]] bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 65535 && name.find('\0') == std::string::npos;
}

[[maybe_unused]] bool names_are_unique(const Plan& plan) {
  std::unordered_set<std::string_view> controllers;
  std::unordered_set<std::string_view> attributes;
  for (const PlanController& controller : plan.controllers()) {
    if (!controllers.insert(controller.name).second) return false;
    attributes.clear();
    for (uint32_t i = 0; i < controller.channel_count; ++i) {
      if (!attributes.insert(plan.attributes()[controller.first_channel + i]).second) return false;
    }
  }
  return true;
}

[[maybe_unused]] bool mirror_is_whole(const Plan& plan) {
  if (!plan.mirror()) return true;
  const auto& [partners, signs] = *plan.mirror();
  if (partners.size() != plan.controllers().size()) return false;
  for (uint32_t i = 0; i < partners.size(); ++i) {
    if (partners[i] >= partners.size() || partners[partners[i]] != i) return false;
  }
  return signs.size() == plan.channel_count();
}

std::array<std::string, kRot6dSize> rot6d_components(Rot6dLayout layout) {
  std::array<std::string, kRot6dSize> names;
  for (uint32_t axis = 0; axis < 3; ++axis) {
    names[rot6d_element(layout, 0, axis)] = std::string("a1") + kAxisNames[axis];
    names[rot6d_element(layout, 1, axis)] = std::string("a2") + kAxisNames[axis];
  }
  return names;
}

// Each fills in what an operation says of its channels.
void describe(const Affine& op, const std::vector<Input>& inputs, std::vector<Channel>& channels) {
  channels[op.channel].kind = inputs[op.input].transformation;
}

void describe(const Angle& op, const std::vector<Input>& /*inputs*/,
              std::vector<Channel>& channels) {
  channels[op.channel].kind = TransformationKind::kRotation1d;
  channels[op.channel].angle_unit = op.unit;
}

void describe(const Rotation& op, const std::vector<Input>& /*inputs*/,
              std::vector<Channel>& channels) {
  for (uint32_t i = 0; i < op.channel_count(); ++i) {
    Channel& channel = channels[op.channel + i];
    channel.kind = TransformationKind::kRotation3d;
    if (op.output == RotationOutput::kQuaternion) continue;
    channel.rotate_order = op.order;
    channel.angle_unit = op.unit;
  }
}

void describe(const OneHot& op, const std::vector<Input>& inputs, std::vector<Channel>& channels) {
  channels[op.channel].kind = inputs[op.input].transformation;
}

void describe(const Constant& op, const std::vector<Input>& /*inputs*/,
              std::vector<Channel>& channels) {
  channels[op.channel].kind = TransformationKind::kConstant;
}

}  // namespace

uint32_t channel_count_of(const Operation& operation) {
  const auto* rotation = std::get_if<Rotation>(&operation);
  return rotation == nullptr ? 1 : rotation->channel_count();
}

Limits limits_of(const Operation& operation, uint32_t channel) {
  if (const auto* affine = std::get_if<Affine>(&operation)) return affine->limits();
  if (const auto* angle = std::get_if<Angle>(&operation)) return angle->limits;
  const auto* rotation = std::get_if<Rotation>(&operation);
  if (rotation == nullptr || rotation->output == RotationOutput::kQuaternion) return {};
  return rotation->limits[channel - rotation->channel];
}

Limits whole_limits(const Operation& operation) {
  if (const auto* one_hot = std::get_if<OneHot>(&operation)) {
    return {0, static_cast<float>(one_hot->count - 1)};
  }
  const auto* affine = std::get_if<Affine>(&operation);
  if (affine == nullptr || affine->type == ChannelType::kFloat) return {};
  return affine->type == ChannelType::kBool ? Limits{0, 1} : affine->limits();
}

std::vector<Channel> Plan::channels() const {
  std::vector<Channel> channels;
  channels.reserve(attributes_.size());
  for (const PlanController& controller : controllers_) {
    for (uint32_t i = 0; i < controller.channel_count; ++i) {
      const uint32_t channel = controller.first_channel + i;
      Channel& added = channels.emplace_back(Channel{controller.name, attributes_[channel]});
      added.type = types_[channel];
      added.names = enum_names(channel);
    }
  }
  for (const Operation& operation : operations_) {
    std::visit([&](const auto& op) { describe(op, inputs_, channels); }, operation);
  }
  for (const auto& [channel, facts] : angles_) {
    channels[channel].rotate_order = facts.order;
    channels[channel].angle_unit = facts.unit;
  }
  return channels;
}

const std::vector<std::string>& Plan::enum_names(uint32_t channel) const {
  static const std::vector<std::string> none;
  const auto found = enum_names_.find(channel);
  return found == enum_names_.end() ? none : found->second;
}

uint32_t Plan::controller_of(uint32_t channel) const {
  assert(channel < channel_count());
  const auto after = std::upper_bound(
      controllers_.begin(), controllers_.end(), channel,
      [](uint32_t value, const PlanController& c) { return value < c.first_channel; });
  return static_cast<uint32_t>(after - controllers_.begin() - 1);
}

PlanBuilder::PlanBuilder(std::string name_space) { plan_.name_space_ = std::move(name_space); }

void PlanBuilder::begin_controller(std::string_view plain_name) {
  std::string name = in_name_space(plan_.name_space_, plain_name);
  assert(is_name(name));
  assert(plan_.controllers_.empty() || plan_.controllers_.back().channel_count > 0);
  plan_.controllers_.push_back({std::move(name), plan_.channel_count(), 0});
}

void PlanBuilder::translation(uint32_t axis, float scale, float center, const Limits& limits) {
  assert(axis < 3);
  affine(TransformationKind::kTranslation, kTranslateNames[axis], kAxisNames[axis], scale, center,
         limits);
}

void PlanBuilder::scale(uint32_t axis, float scale, float center, const Limits& limits) {
  assert(axis < 3);
  affine(TransformationKind::kScale, kScaleNames[axis], kAxisNames[axis], scale, center, limits);
}

void PlanBuilder::rotation1d(uint32_t axis, bool cos_first, AngleUnit unit, const Limits& limits) {
  assert(axis < 3);
  const uint32_t input = plan_.input_count();
  add_input(TransformationKind::kRotation1d, cos_first ? "cos" : "sin");
  add_input(TransformationKind::kRotation1d, cos_first ? "sin" : "cos");
  const uint32_t channel = add_channel(kRotateNames[axis]);
  plan_.operations_.emplace_back(Angle{input, channel, cos_first, unit, limits});
}

void PlanBuilder::rotation3d(RotateOrder order, Rot6dLayout layout, AngleUnit unit,
                             RotationOutput output, const std::array<Limits, 3>& limits) {
  const Rotation rotation{
      plan_.input_count(), plan_.channel_count(), order, layout, unit, output, limits};
  for (std::string& component : rot6d_components(layout)) {
    add_input(TransformationKind::kRotation3d, std::move(component));
  }
  for (uint32_t i = 0; i < rotation.channel_count(); ++i) {
    add_channel(output == RotationOutput::kEuler ? kRotateNames[i] : kQuaternionNames[i]);
  }
  plan_.operations_.emplace_back(rotation);
}

void PlanBuilder::attribute(std::string name, float scale, float center, float min, float max,
                            LimitRule rule) {
  std::string component = name;
  affine(TransformationKind::kAttribute, std::move(name), std::move(component), scale, center,
         {min, max, rule});
}

void PlanBuilder::bool_attribute(std::string name, float scale, float center) {
  std::string component = name;
  affine(TransformationKind::kAttribute, std::move(name), std::move(component), scale, center, {},
         ChannelType::kBool);
}

void PlanBuilder::int_attribute(std::string name, float scale, float center, Limits limits) {
  const auto whole = [](float limit) {
    return std::clamp(limit, -kLargestInt, kLargestInt) + 0.0f;
  };
  assert(std::isinf(limits.min) || limits.min == std::trunc(whole(limits.min)));
  assert(std::isinf(limits.max) || limits.max == std::trunc(whole(limits.max)));
  limits.min = whole(limits.min);
  limits.max = whole(limits.max);
  std::string component = name;
  affine(TransformationKind::kAttribute, std::move(name), std::move(component), scale, center,
         limits, ChannelType::kInt);
}

void PlanBuilder::enum_attribute(std::string name, std::vector<std::string> names, float scale,
                                 float center, LimitRule rule) {
  assert(!names.empty());
  const auto last = static_cast<float>(names.size() - 1);
  plan_.enum_names_[plan_.channel_count()] = std::move(names);
  std::string component = name;
  affine(TransformationKind::kAttribute, std::move(name), std::move(component), scale, center,
         {0, last, rule}, ChannelType::kEnum);
}

void PlanBuilder::one_hot_attribute(std::string name, std::vector<std::string> names) {
  assert(!names.empty());
  const uint32_t input = plan_.input_count();
  for (const std::string& value : names) {
    add_input(TransformationKind::kAttribute, name + "." + value);
  }
  const auto count = static_cast<uint32_t>(names.size());
  const uint32_t channel = add_channel(std::move(name), ChannelType::kEnum);
  plan_.enum_names_[channel] = std::move(names);
  plan_.operations_.emplace_back(OneHot{input, channel, count});
}

void PlanBuilder::constant(std::string name, float value) {
  assert(std::isfinite(value));
  const uint32_t channel = add_channel(std::move(name));
  plan_.operations_.emplace_back(Constant{channel, value});
}

void PlanBuilder::angle(RotateOrder order, AngleUnit unit) {
  assert(plan_.channel_count() > 0);
  plan_.angles_.insert_or_assign(plan_.channel_count() - 1, AngleFacts{order, unit});
}

void PlanBuilder::mirror(PlanMirror mirror) { plan_.mirror_ = std::move(mirror); }

Plan PlanBuilder::build() && {
  assert(plan_.controllers_.empty() || plan_.controllers_.back().channel_count > 0);
  assert(names_are_unique(plan_));
  assert(mirror_is_whole(plan_));
  return std::move(plan_);
}

void PlanBuilder::affine(TransformationKind transformation, std::string attribute,
                         std::string component, float scale, float center, const Limits& limits,
                         ChannelType type) {
  assert(std::isfinite(scale) && scale != 0 && std::isfinite(center));
  assert(limits.min <= limits.max && limits.min < kInfinity && limits.max > -kInfinity);
  const uint32_t input = plan_.input_count();
  add_input(transformation, std::move(component));
  const uint32_t channel = add_channel(std::move(attribute), type);
  plan_.operations_.emplace_back(
      Affine{input, channel, scale, center, limits.min, limits.max, limits.rule, type});
}

uint32_t PlanBuilder::add_channel(std::string attribute, ChannelType type) {
  assert(!plan_.controllers_.empty() && is_name(attribute));
  const uint32_t channel = plan_.channel_count();
  plan_.attributes_.push_back(std::move(attribute));
  plan_.types_.push_back(type);
  ++plan_.controllers_.back().channel_count;
  return channel;
}

void PlanBuilder::add_input(TransformationKind kind, std::string component) {
  assert(!plan_.controllers_.empty());
  plan_.inputs_.push_back({plan_.controllers_.back().name, kind, std::move(component)});
}

}  // namespace rigjit
