#include "lower/lower.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/default_float_env.h"

namespace rigjit {
namespace {

Limits limits(const LimitsSpec& spec, std::size_t i) {
  return {spec.min[i], spec.max[i], spec.rule};
}

// One overload for each kind of transformation.
class Lowering {
 public:
  explicit Lowering(PlanBuilder& to) : builder_(to) {}

  void operator()(const TranslationSpec& spec) const {
    for (std::size_t i = 0; i < spec.axes.size(); ++i) {
      builder_.translation(spec.axes[i], spec.scale[i], spec.center[i], limits(spec.limits, i));
    }
  }
  void operator()(const ScaleSpec& spec) const {
    for (std::size_t i = 0; i < spec.axes.size(); ++i) {
      builder_.scale(spec.axes[i], spec.scale[i], spec.center[i], limits(spec.limits, i));
    }
  }
  void operator()(const Rotation1dSpec& spec) const {
    builder_.rotation1d(spec.axis, spec.cos_first, spec.angle_unit, limits(spec.limits, 0));
    builder_.angle(spec.rotate_order, spec.angle_unit);
  }
  void operator()(const Rotation3dSpec& spec) const {
    std::array<Limits, 3> of_axes;
    for (std::size_t i = 0; i < spec.limits.min.size(); ++i) of_axes[i] = limits(spec.limits, i);
    builder_.rotation3d(spec.rotate_order, spec.rot6d, spec.angle_unit, spec.output, of_axes);
  }
  void operator()(const AttributeSpec& spec) const {
    attribute(spec);
    angle(spec);
  }
  void operator()(const ConstantSpec& spec) const {
    builder_.constant(spec.name, spec.value);
    angle(spec);
  }

 private:
  void attribute(const AttributeSpec& spec) const {
    switch (spec.type) {
      case ChannelType::kFloat:
        return builder_.attribute(spec.name, spec.scale, spec.center, spec.min, spec.max,
                                  spec.rule);
      case ChannelType::kBool:
        return builder_.bool_attribute(spec.name, spec.scale, spec.center);
      case ChannelType::kInt:
        return builder_.int_attribute(spec.name, spec.scale, spec.center,
                                      {spec.min, spec.max, spec.rule});
      case ChannelType::kEnum:
        if (spec.one_hot) return builder_.one_hot_attribute(spec.name, spec.names);
        return builder_.enum_attribute(spec.name, spec.names, spec.scale, spec.center, spec.rule);
    }
  }
  template <typename Spec>
  void angle(const Spec& spec) const {
    if (!is_angle(spec.name)) return;
    builder_.angle(spec.rotate_order, spec.angle_unit);
  }

  PlanBuilder& builder_;
};

// The sign of an attribute's value: those of translation and rotation are of the attributes that
// they write, by name.
int8_t sign_of(const MirroredController& mirrored, std::string_view attribute) {
  const auto said =
      std::ranges::find(mirrored.attributes, attribute, &std::pair<std::string, int8_t>::first);
  if (said != mirrored.attributes.end()) return said->second;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const char letter = "XYZ"[axis];
    if (attribute == std::string("translate") + letter) return mirrored.translation[axis];
    if (attribute == std::string("rotate") + letter) return mirrored.rotation[axis];
    if (attribute == std::string("quaternion") + letter) return mirrored.rotation[axis];
  }
  return 1;
}

PlanMirror lower_mirror(const RigSpec& spec, const Plan& plan) {
  PlanMirror mirror;
  mirror.signs.reserve(plan.channel_count());
  for (std::size_t i = 0; i < spec.mirrored.size(); ++i) {
    mirror.partners.push_back(spec.mirrored[i].partner);
    const PlanController& controller = plan.controllers()[i];
    for (uint32_t k = 0; k < controller.channel_count; ++k) {
      const uint32_t channel = controller.first_channel + k;
      const ChannelType type = plan.types()[channel];
      const bool has_sign = type == ChannelType::kFloat || type == ChannelType::kInt;
      mirror.signs.push_back(has_sign ? sign_of(spec.mirrored[i], plan.attributes()[channel]) : 1);
    }
  }
  return mirror;
}

}  // namespace

Plan lower(const RigSpec& spec, const std::string& name_space) {
  const DefaultFloatEnv env;
  PlanBuilder builder(name_space);
  const Lowering lowering(builder);
  for (const ControllerSpec& controller : spec.controllers) {
    builder.begin_controller(controller.name);
    for (const TransformationSpec& transformation : controller.transformations) {
      std::visit(lowering, transformation);
    }
  }
  if (spec.mirror) builder.mirror(lower_mirror(spec, builder.plan()));
  return std::move(builder).build();
}

}  // namespace rigjit
