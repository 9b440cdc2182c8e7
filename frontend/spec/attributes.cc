// Attributes with names of their own: read from the vector, or constant.

#include <array>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <unordered_set>

#include "spec/controllers.h"
#include "spec/limit_keys.h"
#include "spec/numbers.h"
#include "spec/scalars.h"
#include "spec/transformations.h"

namespace rigjit {
namespace {

constexpr std::array<std::string_view, 4> kTypes{"float", "bool", "int", "enum"};
constexpr std::array<std::string_view, 2> kEncodings{"index", "one_hot"};
constexpr std::size_t kMaxEnumNames = 1000;

std::string read_attribute_name(const TransformationContext& context, DictReader& reader) {
  const Value* value = reader.require("name");
  if (value == nullptr) return {};
  const auto name = read_seen_name(context.report, *value);
  if (!name) return {};
  context.written.push_back({*name, value->node});
  return *name;
}

// Everything that an attribute may have; null where the key is missing.
struct AttributeValues {
  const Value* names;
  const Value* encoding;
  const Value* scale;
  const Value* center;
  LimitValues limits;
};

void report_misplaced(Report& report, std::initializer_list<const Value*> values,
                      const std::string& what) {
  for (const Value* value : values) {
    if (value == nullptr) continue;
    report.add("misplaced-key", *value->key, *value,
               quote(value->key->text) + " has no meaning for " + what);
  }
}

// What an attribute that is called as an angle means.
template <typename Spec>
void read_angle(const TransformationContext& context, Spec& spec) {
  spec.rotate_order = context.defaults.rotate_order;
  spec.angle_unit = context.defaults.angle_unit;
}

// Keys that the type has no use for.
void check_keys(Report& report, const AttributeSpec& spec, const AttributeValues& values) {
  const std::string type = to_string(spec.type);
  const LimitValues& limits = values.limits;
  if (spec.type == ChannelType::kBool) {
    report_misplaced(report, {limits.min, limits.max, limits.limit}, "a bool");
  }
  if (spec.type != ChannelType::kEnum) {
    const char* article = spec.type == ChannelType::kInt ? "an " : "a ";
    report_misplaced(report, {values.names, values.encoding}, article + type);
    return;
  }
  report_misplaced(report, {limits.min, limits.max}, "an enum: its names are its limits");
  if (spec.one_hot) {
    report_misplaced(report, {values.scale, values.center, limits.limit},
                     "an enum encoded one_hot: it is the index of its largest input");
  }
}

std::vector<std::string> read_names(Report& report, const Value& list) {
  if (!check_list(report, list, "names")) return {};
  std::vector<std::string> names;
  std::unordered_set<std::string_view> known;
  const std::size_t count = list.node->children.size();
  if (count > kMaxEnumNames) {
    report.add("too-many-names", *list.node, list,
               "an enum has at most 1,000 names, this one has " + std::to_string(count));
    return {};
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Value item = list.item(i);
    auto name = read_seen_name(report, item);
    if (!name) continue;
    if (!known.insert(item.node->text).second) {
      report.add("duplicate-name", *item.node, item, quote(*name) + " stands here twice");
    }
    names.push_back(*std::move(name));
  }
  return names;
}

// Limits of an int are whole and not beyond what float32 counts to.
void check_whole(Report& report, const Value* value, float limit) {
  if (value == nullptr || std::isinf(limit)) return;
  if (limit != std::trunc(limit)) {
    report.add("not-whole", *value->node, *value, "a limit of an int must be a whole number");
  } else if (std::abs(limit) > kLargestInt) {
    report.add("limit-too-large", *value->node, *value,
               "limits of an int lie between -16777216 and 16777216");
  }
}

void read_attribute_limits(Report& report, const LimitValues& values, AttributeSpec& spec) {
  Limits limits{spec.min, spec.max};
  const bool ok = read_limit(report, values, spec.type != ChannelType::kFloat, limits);
  if (ok && spec.type == ChannelType::kInt) {
    check_whole(report, values.min, limits.min);
    check_whole(report, values.max, limits.max);
  }
  spec.min = limits.min;
  spec.max = limits.max;
  spec.rule = limits.rule;
}

void count_names(const TransformationContext& context, const AttributeSpec& spec) {
  WrittenAttribute& written = context.written.back();
  written.names = spec.names.size();
  for (const std::string& name : spec.names) written.names_bytes += name.size();
}

// False where the type is unknown, so that nothing can be said about other keys.
bool read_type(Report& report, DictReader& reader, AttributeSpec& spec) {
  const Value* value = reader.find("type", "float");
  if (value == nullptr) return true;
  const auto type = read_choice(report, *value, kTypes);
  if (type) spec.type = static_cast<ChannelType>(*type);
  return type.has_value();
}

}  // namespace

OptionalTransformation read_attribute(const TransformationContext& context, const Value& value) {
  Report& report = context.report;
  const std::size_t mistakes = report.count();
  AttributeSpec spec;
  DictReader reader(report, value, "an attribute");
  spec.name = read_attribute_name(context, reader);
  const bool is_type_known = read_type(report, reader, spec);
  const bool is_enum = spec.type == ChannelType::kEnum;
  const AttributeValues values{
      is_enum ? reader.require("names", "[off, on]") : reader.find("names"),
      reader.find("encoding", "index"), reader.find("scale", "1"), reader.find("center", "0"),
      find_limits(reader)};
  if (is_enum && values.encoding) {
    spec.one_hot = read_choice(report, *values.encoding, kEncodings) == 1;
  }
  if (is_enum && values.names) spec.names = read_names(report, *values.names);
  if (is_type_known) check_keys(report, spec, values);
  if (values.scale) spec.scale = read_scale(report, *values.scale).value_or(1);
  if (values.center) spec.center = read_number(report, *values.center).value_or(0);
  const bool has_limits = spec.type == ChannelType::kFloat || spec.type == ChannelType::kInt ||
                          (is_enum && !spec.one_hot);
  if (has_limits) read_attribute_limits(report, values.limits, spec);
  read_angle(context, spec);
  reader.finish();
  if (!reader.ok() || report.count() != mistakes) return std::nullopt;
  count_names(context, spec);
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
  read_angle(context, spec);
  reader.finish();
  if (!reader.ok() || report.count() != mistakes) return std::nullopt;
  return spec;
}

}  // namespace rigjit
