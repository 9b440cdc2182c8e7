// rotation1d and rotation3d: angles and orientations from sine and cosine, and from six numbers.

#include <array>

#include "spec/limit_keys.h"
#include "spec/scalars.h"
#include "spec/transformations.h"

namespace rigjit {
namespace {

constexpr std::array<std::string_view, 3> kAxes{"x", "y", "z"};
constexpr std::array<std::string_view, 2> kSinCosOrders{"sin_cos", "cos_sin"};
// In the order of RotationOutput.
constexpr std::array<std::string_view, 2> kOutputs{"euler", "quaternion"};

void report_limits_of_quaternion(Report& report, const LimitValues& values) {
  for (const Value* value : {values.min, values.max, values.limit}) {
    if (value == nullptr) continue;
    report.add("misplaced-key", *value->key, *value,
               quote(value->key->text) + " limits Euler angles; the output is a quaternion");
  }
}

}  // namespace

OptionalTransformation read_rotation1d(const TransformationContext& context, const Value& value) {
  Report& report = context.report;
  const std::size_t mistakes = report.count();
  RotationOptions options = context.defaults;
  std::optional<std::size_t> axis;
  std::optional<std::size_t> order = 0;
  DictReader reader(report, value, "a rotation1d");
  if (const Value* found = reader.require("axis", "x")) {
    axis = read_choice(report, *found, kAxes);
    if (axis) context.written.push_back({axis_attribute("rotate", *axis), found->node});
  }
  if (const Value* found = reader.find("order", "sin_cos")) {
    order = read_choice(report, *found, kSinCosOrders);
  }
  read_angle_unit(report, reader, options);
  Limits limit;
  read_limit(report, find_limits(reader), false, limit);
  reader.finish();
  if (!axis || !order || report.count() != mistakes) return std::nullopt;
  return Rotation1dSpec{static_cast<uint32_t>(*axis),
                        *order == 1,
                        options.angle_unit,
                        {{limit.min}, {limit.max}, limit.rule},
                        options.rotate_order};
}

OptionalTransformation read_rotation3d(const TransformationContext& context, const Value& value) {
  Report& report = context.report;
  const std::size_t mistakes = report.count();
  RotationOptions options = context.defaults;
  std::optional<std::size_t> output = 0;
  DictReader reader(report, value, "a rotation3d");
  read_rotate_order(report, reader, options);
  read_rot6d(report, reader, options);
  read_angle_unit(report, reader, options);
  if (const Value* found = reader.find("output", "euler")) {
    output = read_choice(report, *found, kOutputs);
  }
  const LimitValues limit_values = find_limits(reader);
  reader.finish();
  const bool quaternion = output == 1;
  LimitsSpec limits;
  if (quaternion) {
    report_limits_of_quaternion(report, limit_values);
  } else {
    read_limits(report, limit_values, 3, limits);
  }
  if (quaternion) context.written.push_back({"quaternionW", value.key});
  for (std::size_t axis = 0; axis < 3; ++axis) {
    context.written.push_back(
        {axis_attribute(quaternion ? "quaternion" : "rotate", axis), value.key});
  }
  if (!output || !reader.ok() || report.count() != mistakes) return std::nullopt;
  return Rotation3dSpec{options.rotate_order, options.rot6d, options.angle_unit,
                        static_cast<RotationOutput>(*output), std::move(limits)};
}

}  // namespace rigjit
