#include "lower.h"

#include <array>
#include <cassert>

namespace rigjit {
namespace {

RotateOrder rotate_order(std::string_view word) {
  if (word == "xyz") return RotateOrder::kXYZ;
  if (word == "yzx") return RotateOrder::kYZX;
  if (word == "zxy") return RotateOrder::kZXY;
  if (word == "xzy") return RotateOrder::kXZY;
  if (word == "yxz") return RotateOrder::kYXZ;
  assert(word == "zyx");
  return RotateOrder::kZYX;
}

Rot6dLayout rot6d_layout(std::string_view word) {
  if (word == "columns") return Rot6dLayout::kColumns;
  if (word == "rows") return Rot6dLayout::kRows;
  assert(word == "interleaved");
  return Rot6dLayout::kInterleaved;
}

AngleUnit angle_unit(bool radians) { return radians ? AngleUnit::kRadians : AngleUnit::kDegrees; }

Limits limits(const LimitsSpec& spec, std::size_t i) {
  return {spec.min[i], spec.max[i], spec.refuse ? LimitRule::kError : LimitRule::kClamp};
}

// One overload for each kind of transformation.
struct Lowering {
  PlanBuilder& builder;

  void operator()(const TranslationSpec& spec) const {
    for (std::size_t i = 0; i < spec.axes.size(); ++i) {
      builder.translation(spec.axes[i], spec.scale[i], spec.center[i], limits(spec.limits, i));
    }
  }
  void operator()(const ScaleSpec& spec) const {
    for (std::size_t i = 0; i < spec.axes.size(); ++i) {
      builder.scale(spec.axes[i], spec.scale[i], spec.center[i], limits(spec.limits, i));
    }
  }
  void operator()(const Rotation1dSpec& spec) const {
    builder.rotation1d(spec.axis, spec.cos_first, angle_unit(spec.radians), limits(spec.limits, 0));
  }
  void operator()(const Rotation3dSpec& spec) const {
    std::array<Limits, 3> of_axes;
    for (std::size_t i = 0; i < spec.limits.min.size(); ++i) of_axes[i] = limits(spec.limits, i);
    builder.rotation3d(
        rotate_order(spec.rotate_order), rot6d_layout(spec.rot6d), angle_unit(spec.radians),
        spec.quaternion ? RotationOutput::kQuaternion : RotationOutput::kEuler, of_axes);
  }
  void operator()(const AttributeSpec& spec) const {
    const LimitRule rule = spec.refuse ? LimitRule::kError : LimitRule::kClamp;
    switch (spec.type) {
      case ChannelKind::kFloat:
        return builder.attribute(spec.name, spec.scale, spec.center, spec.min, spec.max, rule);
      case ChannelKind::kBool:
        return builder.bool_attribute(spec.name, spec.scale, spec.center);
      case ChannelKind::kInt:
        return builder.int_attribute(spec.name, spec.scale, spec.center,
                                     {spec.min, spec.max, rule});
      case ChannelKind::kEnum:
        if (spec.one_hot) return builder.one_hot_attribute(spec.name, spec.names);
        return builder.enum_attribute(spec.name, spec.names, spec.scale, spec.center, rule);
    }
  }
  void operator()(const ConstantSpec& spec) const { builder.constant(spec.name, spec.value); }
};

}  // namespace

Plan lower(const RigSpec& spec) {
  PlanBuilder builder;
  const Lowering lowering{builder};
  for (const ControllerSpec& controller : spec.controllers) {
    builder.begin_controller(controller.name);
    for (const TransformationSpec& transformation : controller.transformations) {
      std::visit(lowering, transformation);
    }
  }
  return std::move(builder).build();
}

}  // namespace rigjit
