#include "rig/check_values.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/default_float_env.h"
#include "base/make_error.h"
#include "base/printable.h"
#include "plan/words.h"
#include "reference/reference_vector.h"

namespace rigjit {
namespace {

bool is_finite(float value) { return std::isfinite(value); }

// form: null if all channels are floats.
std::optional<WholeFault> fault_of(const PoseForm* form, uint32_t channel, float value) {
  if (form != nullptr && form->type(channel) != ChannelType::kFloat) {
    return whole_fault(form->type(channel), form->whole_limits(channel), value);
  }
  if (is_finite(value)) return {};
  return WholeFault{"not-finite", "the value is " + digits(value)};
}

}  // namespace

Status check_values(const RigCore& core, std::span<const float> values) {
  const DefaultFloatEnv env;
  const PoseForm* form = nullptr;
  if (!core.description().channel_types.empty()) {
    const Result<const PoseForm*> made = core.pose_form();
    if (!made) return made.errors();
    form = *made;
  }
  if (std::ranges::all_of(values, is_finite) &&
      (form == nullptr || form->holds_whole_values(values.data()))) {
    return Done{};
  }
  Errors errors;
  for (uint32_t channel = 0; channel < values.size(); ++channel) {
    const std::optional<WholeFault> fault = fault_of(form, channel, values[channel]);
    if (!fault) continue;
    const Channel& name = core.channels()[channel];
    errors.push_back(make_error(
        fault->code, printable(name.controller + "." + name.attribute) + ": " + fault->what));
    errors.back().path = "values[" + std::to_string(channel) + "]";
  }
  return errors;
}

}  // namespace rigjit
