#include "spec/limit_keys.h"

#include <array>
#include <limits>

#include "spec/numbers.h"
#include "spec/scalars.h"

namespace rigjit {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::array<std::string_view, 2> kRules{"clamp", "error"};

bool is_none(const Value& value) { return value.node->is_scalar() && value.node->text == "none"; }

std::optional<float> read_min(Report& report, const Value& value) {
  return is_none(value) ? -kInfinity : read_number(report, value);
}

std::optional<float> read_max(Report& report, const Value& value) {
  return is_none(value) ? kInfinity : read_number(report, value);
}

bool report_above(Report& report, const Value& min) {
  report.add("min-above-max", *min.node, min, "min must not be above max");
  return false;
}

bool read_rule(Report& report, const LimitValues& values, bool has_limits, LimitRule& out) {
  if (values.limit == nullptr) return true;
  const auto rule = read_choice(report, *values.limit, kRules);
  if (rule) out = static_cast<LimitRule>(*rule);
  if (rule && !has_limits && values.min == nullptr && values.max == nullptr) {
    report.add("misplaced-key", *values.limit->key, *values.limit,
               "'limit' says what happens beyond min and max; there is neither");
    return false;
  }
  return rule.has_value();
}

}  // namespace

LimitValues find_limits(DictReader& reader) {
  const Value* min = reader.find("min");
  const Value* max = reader.find("max");
  return {min, max, reader.find("limit", "clamp")};
}

bool read_limits(Report& report, const LimitValues& values, std::size_t count, LimitsSpec& out) {
  out.min.assign(count, -kInfinity);
  out.max.assign(count, kInfinity);
  bool ok = read_rule(report, values, false, out.rule);
  if (values.min != nullptr) ok &= read_numbers(report, *values.min, read_min, count, out.min);
  if (values.max != nullptr) ok &= read_numbers(report, *values.max, read_max, count, out.max);
  for (std::size_t i = 0; ok && i < count; ++i) {
    if (out.min[i] > out.max[i]) ok = report_above(report, *values.min);
  }
  return ok;
}

bool read_limit(Report& report, const LimitValues& values, bool has_limits, Limits& out) {
  bool ok = read_rule(report, values, has_limits, out.rule);
  if (values.min != nullptr) {
    const auto min = read_min(report, *values.min);
    ok &= min.has_value();
    out.min = min.value_or(out.min);
  }
  if (values.max != nullptr) {
    const auto max = read_max(report, *values.max);
    ok &= max.has_value();
    out.max = max.value_or(out.max);
  }
  if (ok && out.min > out.max) return report_above(report, *values.min);
  return ok;
}

}  // namespace rigjit
