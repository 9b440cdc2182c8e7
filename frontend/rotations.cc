// rotation1d and rotation3d: angles and orientations from sine and cosine, and from six numbers.

#include <array>

#include "scalars.h"
#include "transformations.h"

namespace rigjit {
namespace {

constexpr std::array<std::string_view, 3> kAxes{"x", "y", "z"};
constexpr std::array<std::string_view, 2> kSinCosOrders{"sin_cos", "cos_sin"};
constexpr std::array<std::string_view, 2> kOutputs{"euler", "quaternion"};

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
  reader.finish();
  if (!axis || !order || report.count() != mistakes) return std::nullopt;
  return Rotation1dSpec{static_cast<uint32_t>(*axis), *order == 1, options.radians};
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
  reader.finish();
  const bool quaternion = output == 1;
  if (quaternion) context.written.push_back({"quaternionW", value.key});
  for (std::size_t axis = 0; axis < 3; ++axis) {
    context.written.push_back(
        {axis_attribute(quaternion ? "quaternion" : "rotate", axis), value.key});
  }
  if (!output || !reader.ok() || report.count() != mistakes) return std::nullopt;
  return Rotation3dSpec{std::string(options.rotate_order), std::string(options.rot6d),
                        options.radians, quaternion};
}

}  // namespace rigjit
