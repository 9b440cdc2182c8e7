// Translation and scale: one value for each axis, v * scale + center, within limits.

#include <algorithm>
#include <array>

#include "spec/limit_keys.h"
#include "spec/numbers.h"
#include "spec/scalars.h"
#include "spec/transformations.h"

namespace rigjit {
namespace {

constexpr std::string_view kAxes = "xyz";

std::string known_axes_of(std::string_view text) {
  std::string known;
  for (const char c : text) {
    const char lower = c >= 'X' && c <= 'Z' ? static_cast<char>(c - 'X' + 'x') : c;
    const bool is_axis = kAxes.find(lower) != std::string_view::npos;
    if (is_axis && known.find(lower) == std::string::npos) known += lower;
  }
  return known;
}

void report_axes(Report& report, const Value& value, const char* code, const char* message) {
  const std::string known = known_axes_of(value.node->text);
  report.add(code, *value.node, value, message, known.empty() ? "xyz" : known);
}

std::optional<std::vector<uint32_t>> read_axes(Report& report, const Value& value) {
  const Node& node = *value.node;
  if (!node.is_scalar()) {
    report.add("wrong-type", node, value, "axes must be text, the letters of the axes", "xyz");
    return std::nullopt;
  }
  std::vector<uint32_t> axes;
  bool unknown = false;
  bool twice = false;
  for (const char c : node.text) {
    const auto axis = kAxes.find(c);
    unknown |= axis == std::string_view::npos;
    twice |= std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (!unknown && !twice) axes.push_back(static_cast<uint32_t>(axis));
  }
  if (node.text.empty()) {
    report_axes(report, value, "empty-axes", "axes must not be empty");
  } else if (unknown) {
    report_axes(report, value, "unknown-axis", "an axis is x, y or z");
  } else if (twice) {
    report_axes(report, value, "duplicate-axis", "an axis stands here twice");
  } else {
    return axes;
  }
  return std::nullopt;
}

bool read_axes_spec(const TransformationContext& context, const Value& value, const char* what,
                    const char* attribute_prefix, AxesSpec& spec) {
  Report& report = context.report;
  DictReader reader(report, value, what);
  const Value* axes = reader.find("axes", "xyz");
  const Value* scale = reader.find("scale", "1");
  const Value* center = reader.find("center", "0");
  const LimitValues limits = find_limits(reader);
  bool ok = reader.finish() && reader.ok();
  if (axes != nullptr) {
    const auto read = read_axes(report, *axes);
    ok &= read.has_value();
    spec.axes = read.value_or(std::vector<uint32_t>{});
  } else if (ok) {
    spec.axes = {0, 1, 2};
  }
  spec.scale.assign(spec.axes.size(), 1);
  spec.center.assign(spec.axes.size(), 0);
  if (scale != nullptr) {
    ok &= read_numbers(report, *scale, read_scale, spec.axes.size(), spec.scale);
  }
  if (center != nullptr) {
    ok &= read_numbers(report, *center, read_number, spec.axes.size(), spec.center);
  }
  ok &= read_limits(report, limits, spec.axes.size(), spec.limits);
  const Node* at = axes != nullptr ? axes->node : value.key;
  for (const uint32_t axis : spec.axes) {
    context.written.push_back({axis_attribute(attribute_prefix, axis), at});
  }
  return ok;
}

}  // namespace

OptionalTransformation read_translation(const TransformationContext& context, const Value& value) {
  TranslationSpec spec;
  if (!read_axes_spec(context, value, "a translation", "translate", spec)) return std::nullopt;
  return spec;
}

OptionalTransformation read_scale_transformation(const TransformationContext& context,
                                                 const Value& value) {
  ScaleSpec spec;
  if (!read_axes_spec(context, value, "a scale", "scale", spec)) return std::nullopt;
  return spec;
}

}  // namespace rigjit
