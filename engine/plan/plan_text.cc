#include <cmath>

#include "base/default_float_env.h"
#include "base/printable.h"
#include "plan/plan.h"
#include "plan/rot6d_elements.h"
#include "plan/words.h"

namespace rigjit {
namespace {

std::string element(uint32_t input) { return "vec[" + std::to_string(input) + "]"; }

std::string call(const std::string& function, const std::string& arguments) {
  return function + "(" + arguments + ")";
}

std::string in_unit(AngleUnit unit, const std::string& radians) {
  return unit == AngleUnit::kDegrees ? call("degrees", radians) : radians;
}

std::string elements(uint32_t first, uint32_t count) {
  return "vec[" + std::to_string(first) + ".." + std::to_string(first + count - 1) + "]";
}

std::string limited(std::string text, const Limits& limits) {
  const bool is_clamped = limits.rule == LimitRule::kClamp;
  if (std::isfinite(limits.min)) {
    text = call(is_clamped ? "max" : "at_least", text + ", " + digits(limits.min));
  }
  if (std::isfinite(limits.max)) {
    text = call(is_clamped ? "min" : "at_most", text + ", " + digits(limits.max));
  }
  return text;
}

std::string expression(const Plan& plan, const Affine& op) {
  std::string text =
      call("fma", element(op.input) + ", " + digits(op.scale) + ", " + digits(op.center));
  if (op.type == ChannelType::kBool) return text + " >= 0.5";
  if (op.type != ChannelType::kFloat) text = call("round", text);
  text = limited(std::move(text), op.limits());
  if (op.type == ChannelType::kEnum) text += " of " + list_of_names(plan.enum_names(op.channel));
  return text;
}

std::string expression(const Plan& plan, const OneHot& op) {
  const std::string& inputs = op.count == 1 ? element(op.input) : elements(op.input, op.count);
  return call("argmax", inputs) + " of " + list_of_names(plan.enum_names(op.channel));
}

std::string expression(const Plan&, const Angle& op) {
  const uint32_t sine = op.cos_first ? op.input + 1 : op.input;
  const uint32_t cosine = op.cos_first ? op.input : op.input + 1;
  return limited(in_unit(op.unit, call("atan2", element(sine) + ", " + element(cosine))),
                 op.limits);
}

// "[0, 90]", "[-inf, 0]"
std::string interval(const Limits& limits) {
  return "[" + digits(limits.min) + ", " + digits(limits.max) + "]";
}

std::string expression(const Plan&, const Rotation& op) {
  const std::string matrix = call(word_of(op.layout), elements(op.input, kRot6dSize));
  if (op.output == RotationOutput::kQuaternion) return call("quaternion", matrix);
  std::string angles = in_unit(op.unit, call(std::string("euler_") + to_string(op.order), matrix));
  const auto& [x, y, z] = op.limits;
  if (!x.any() && !y.any() && !z.any()) return angles;
  return call(x.rule == LimitRule::kClamp ? "clamp" : "within",
              angles + ", " + interval(x) + ", " + interval(y) + ", " + interval(z));
}

std::string expression(const Plan&, const Constant& op) { return digits(op.value); }

// Each pair of partners once.
std::string mirror_text(const Plan& plan) {
  std::string text;
  const std::vector<PlanController>& controllers = plan.controllers();
  for (uint32_t i = 0; i < controllers.size(); ++i) {
    const uint32_t partner = plan.mirror()->partners[i];
    if (partner < i) continue;
    text += "mirror " + printable(controllers[i].name);
    if (partner != i) text += " <-> " + printable(controllers[partner].name);
    text += "\n";
  }
  return text;
}

}  // namespace

std::string to_string(const Plan& plan) {
  const DefaultFloatEnv env;
  std::string text;
  uint32_t channel = 0;
  uint32_t controller = 0;
  for (const Operation& operation : plan.operations()) {
    while (channel >= plan.controllers()[controller].first_channel +
                          plan.controllers()[controller].channel_count) {
      ++controller;
    }
    text += printable(plan.controllers()[controller].name) + ".";
    for (const uint32_t end = channel + channel_count_of(operation); channel < end; ++channel) {
      text += printable(plan.attributes()[channel]) + (channel + 1 < end ? ", " : " = ");
    }
    text += std::visit([&](const auto& op) { return expression(plan, op); }, operation) + "\n";
  }
  return plan.mirror() ? text + mirror_text(plan) : text;
}

}  // namespace rigjit
