#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/default_float_env.h"
#include "base/make_error.h"
#include "plan/words.h"
#include "reference/reference_vector.h"

namespace rigjit {
namespace {

class ValuesDiagnosis {
 public:
  ValuesDiagnosis(const Plan& plan, std::span<const float> values,
                  const std::function<std::string(uint32_t)>& path_of)
      : plan_(plan), values_(values), path_of_(path_of) {}

  void operator()(const Affine& op) {
    if (op.type != ChannelType::kFloat && not_whole(op, op.channel)) return;
    if (op.type == ChannelType::kBool) {
      if (std::isnan(input_of_bool(op, values_[op.channel] != 0))) {
        report("overflow", op.channel, "no float32 input gives this value");
      }
      return;
    }
    if (not_finite(op.channel, 1)) return;
    const double element = (double{values_[op.channel]} - op.center) / op.scale;
    if (!std::isfinite(static_cast<float>(element))) {
      report("overflow", op.channel, "(value - center) / scale is too large for a float32");
    }
  }

  void operator()(const OneHot& op) { not_whole(op, op.channel); }

  void operator()(const Angle& op) { not_finite(op.channel, 1); }

  void operator()(const Rotation& op) {
    if (not_finite(op.channel, op.channel_count()) || op.output == RotationOutput::kEuler) return;
    if (std::ranges::all_of(values_.subspan(op.channel, 4), [](float x) { return x == 0; })) {
      report("zero-quaternion", op.channel,
             "the quaternion is (0, 0, 0, 0), which is no rotation; none is (1, 0, 0, 0)");
    }
  }

  void operator()(const Constant&) {}

  [[nodiscard]] Errors take() && { return std::move(errors_); }

 private:
  bool not_whole(const Operation& operation, uint32_t channel) {
    const auto fault =
        whole_fault(plan_.types()[channel], whole_limits(operation), values_[channel]);
    if (fault) report(fault->code, channel, fault->what);
    return fault.has_value();
  }

  bool not_finite(uint32_t channel, uint32_t count) {
    bool found = false;
    for (uint32_t i = channel; i < channel + count; ++i) {
      if (std::isfinite(values_[i])) continue;
      report("not-finite", i, "the value is " + digits(values_[i]));
      found = true;
    }
    return found;
  }

  void report(const char* code, uint32_t channel, const std::string& what) {
    const std::string& controller = plan_.controllers()[plan_.controller_of(channel)].name;
    errors_.push_back(
        error_at(code, controller + "." + plan_.attributes()[channel] + ": " + what,
                 path_of_ ? path_of_(channel) : "values[" + std::to_string(channel) + "]"));
  }

  const Plan& plan_;
  std::span<const float> values_;
  const std::function<std::string(uint32_t)>& path_of_;
  Errors errors_;
};

}  // namespace

std::optional<WholeFault> whole_fault(ChannelType type, const Limits& limits, double value) {
  const std::string text = digits(value);
  if (!std::isfinite(value)) return WholeFault{"not-finite", "the value is " + text};
  if (value >= limits.min && value <= limits.max && value == std::trunc(value)) return {};
  if (type == ChannelType::kBool) {
    return WholeFault{"out-of-limits", "a bool is false, true, 0 or 1, not " + text};
  }
  if (value != std::trunc(value)) {
    return WholeFault{"not-whole", "the value " + text + " is no whole number"};
  }
  if (type == ChannelType::kEnum) {
    return WholeFault{"out-of-limits", "the enum has no name of index " + text + "; its last is " +
                                           digits(limits.max)};
  }
  const bool is_above = value > limits.max;
  return WholeFault{"out-of-limits", "the value " + text + " is " + (is_above ? "above" : "below") +
                                         " the limit " +
                                         digits(is_above ? limits.max : limits.min)};
}

Errors diagnose_values(const Plan& plan, std::span<const float> values,
                       const std::function<std::string(uint32_t)>& path_of) {
  assert(values.size() == plan.channel_count());
  const DefaultFloatEnv env;
  ValuesDiagnosis diagnosis(plan, values, path_of);
  for (const Operation& operation : plan.operations()) std::visit(diagnosis, operation);
  return std::move(diagnosis).take();
}

}  // namespace rigjit
