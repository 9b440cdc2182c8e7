#include <cmath>

#include "plan/plan.h"
#include "plan/printable.h"
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

std::string expression(const Affine& op) {
  std::string text =
      call("fma", element(op.input) + ", " + digits(op.scale) + ", " + digits(op.center));
  if (std::isfinite(op.min)) text = call("max", text + ", " + digits(op.min));
  if (std::isfinite(op.max)) text = call("min", text + ", " + digits(op.max));
  return text;
}

std::string expression(const Angle& op) {
  const uint32_t sine = op.cos_first ? op.input + 1 : op.input;
  const uint32_t cosine = op.cos_first ? op.input : op.input + 1;
  return in_unit(op.unit, call("atan2", element(sine) + ", " + element(cosine)));
}

std::string expression(const Rotation& op) {
  const std::string last = std::to_string(op.input + kRot6dSize - 1);
  const std::string inputs = "vec[" + std::to_string(op.input) + ".." + last + "]";
  const std::string matrix = call(word_of(op.layout), inputs);
  if (op.output == RotationOutput::kQuaternion) return call("quaternion", matrix);
  return in_unit(op.unit, call(std::string("euler_") + to_string(op.order), matrix));
}

std::string expression(const Constant& op) { return digits(op.value); }

uint32_t channel_count(const Operation& operation) {
  const auto* rotation = std::get_if<Rotation>(&operation);
  return rotation == nullptr ? 1 : rotation->channel_count();
}

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
  std::string text;
  uint32_t channel = 0;
  uint32_t controller = 0;
  for (const Operation& operation : plan.operations()) {
    while (channel >= plan.controllers()[controller].first_channel +
                          plan.controllers()[controller].channel_count) {
      ++controller;
    }
    text += printable(plan.controllers()[controller].name) + ".";
    for (const uint32_t end = channel + channel_count(operation); channel < end; ++channel) {
      text += printable(plan.attributes()[channel]) + (channel + 1 < end ? ", " : " = ");
    }
    text += std::visit([](const auto& op) { return expression(op); }, operation) + "\n";
  }
  return plan.mirror() ? text + mirror_text(plan) : text;
}

}  // namespace rigjit
