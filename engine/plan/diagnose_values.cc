#include <algorithm>
#include <cassert>
#include <cmath>

#include "plan/default_float_env.h"
#include "plan/inverse.h"
#include "plan/printable.h"

namespace rigjit {
namespace {

class ValuesDiagnosis {
 public:
  ValuesDiagnosis(const Plan& plan, std::span<const float> values,
                  const std::function<std::string(uint32_t)>& path_of)
      : plan_(plan), values_(values), path_of_(path_of) {}

  void operator()(const Affine& op) {
    if (not_finite(op.channel, 1)) return;
    const double element = (double{values_[op.channel]} - op.center) / op.scale;
    if (!std::isfinite(static_cast<float>(element))) {
      report("overflow", op.channel, "(value - center) / scale is too large for a float32");
    }
  }

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
  bool not_finite(uint32_t channel, uint32_t count) {
    bool found = false;
    for (uint32_t i = channel; i < channel + count; ++i) {
      if (std::isfinite(values_[i])) continue;
      const char* sign = std::signbit(values_[i]) ? "-Inf" : "Inf";
      report("not-finite", i,
             std::string("the value is ") + (std::isnan(values_[i]) ? "NaN" : sign));
      found = true;
    }
    return found;
  }

  void report(const char* code, uint32_t channel, const std::string& what) {
    const std::string& controller = plan_.controllers()[plan_.controller_of(channel)].name;
    Error error;
    error.code = code;
    error.message = printable(controller + "." + plan_.attributes()[channel]) + ": " + what;
    error.path = path_of_ ? path_of_(channel) : "values[" + std::to_string(channel) + "]";
    errors_.push_back(std::move(error));
  }

  const Plan& plan_;
  std::span<const float> values_;
  const std::function<std::string(uint32_t)>& path_of_;
  Errors errors_;
};

}  // namespace

Errors diagnose_values(const Plan& plan, std::span<const float> values,
                       const std::function<std::string(uint32_t)>& path_of) {
  assert(values.size() == plan.channel_count());
  const DefaultFloatEnv env;
  ValuesDiagnosis diagnosis(plan, values, path_of);
  for (const Operation& operation : plan.operations()) std::visit(diagnosis, operation);
  return std::move(diagnosis).take();
}

}  // namespace rigjit
