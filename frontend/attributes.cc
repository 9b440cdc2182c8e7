// Attributes with names of their own: read from the vector, or constant.

#include <array>

#include "numbers.h"
#include "scalars.h"
#include "transformations.h"

namespace rigjit {
namespace {

constexpr std::array<std::string_view, 1> kTypes{"float"};

using NumberReader = std::optional<float> (*)(Report&, const Value&);

// The value, null if there is none.
const Value* read_into(Report& report, DictReader& reader, std::string_view key,
                       std::string_view hint, NumberReader read, float& out) {
  const Value* value = reader.find(key, hint);
  if (value == nullptr) return nullptr;
  if (const auto number = read(report, *value)) out = *number;
  return value;
}

std::string read_attribute_name(const TransformationContext& context, DictReader& reader) {
  const Value* value = reader.require("name");
  if (value == nullptr) return {};
  const auto name = read_name(context.report, *value);
  if (!name) return {};
  context.written.push_back({*name, value->node});
  return *name;
}

}  // namespace

OptionalTransformation read_attribute(const TransformationContext& context, const Value& value) {
  Report& report = context.report;
  const std::size_t mistakes = report.count();
  AttributeSpec spec;
  DictReader reader(report, value, "an attribute");
  spec.name = read_attribute_name(context, reader);
  if (const Value* type = reader.find("type", "float")) (void)read_choice(report, *type, kTypes);
  read_into(report, reader, "scale", "1", read_scale, spec.scale);
  read_into(report, reader, "center", "0", read_number, spec.center);
  const Value* min = read_into(report, reader, "min", {}, read_number, spec.min);
  read_into(report, reader, "max", {}, read_number, spec.max);
  if (spec.min > spec.max) {
    report.add("min-above-max", *min->node, *min, "min must not be above max");
  }
  reader.finish();
  if (!reader.ok() || report.count() != mistakes) return std::nullopt;
  return spec;
}

OptionalTransformation read_constant(const TransformationContext& context, const Value& value) {
  Report& report = context.report;
  const std::size_t mistakes = report.count();
  ConstantSpec spec{};
  DictReader reader(report, value, "a constant");
  spec.name = read_attribute_name(context, reader);
  if (const Value* found = reader.require("value", "0")) {
    if (const auto number = read_number(report, *found)) spec.value = *number;
  }
  reader.finish();
  if (!reader.ok() || report.count() != mistakes) return std::nullopt;
  return spec;
}

}  // namespace rigjit
