#include <algorithm>
#include <cmath>
#include <limits>

#include "base/default_float_env.h"
#include "plan/plan.h"
#include "plan/rot6d_elements.h"

namespace rigjit {
namespace {

class RestPose {
 public:
  explicit RestPose(const Plan& plan) : plan_(plan), vec_(plan.input_count(), 0.0f) {}

  void operator()(const Affine& op) {
    switch (plan_.inputs()[op.input].transformation) {
      case TransformationKind::kTranslation:
        vec_[op.input] = input_within(op, 0.0);
        break;
      case TransformationKind::kScale:
        vec_[op.input] = input_within(op, 1.0);
        break;
      default:
        if (op.limits().can_fail()) vec_[op.input] = input_within(op, op.center);
        break;
    }
  }

  void operator()(const OneHot&) {}

  void operator()(const Angle& op) { vec_[op.cos_first ? op.input : op.input + 1] = 1.0f; }

  void operator()(const Rotation& op) {
    vec_[op.input + rot6d_element(op.layout, 0, 0)] = 1.0f;
    vec_[op.input + rot6d_element(op.layout, 1, 1)] = 1.0f;
  }

  void operator()(const Constant&) {}

  [[nodiscard]] std::vector<float> take() && { return std::move(vec_); }

 private:
  // The input for the value nearest to `target` that a vector is not refused for.
  static float input_within(const Affine& op, double target) {
    if (!op.limits().can_fail()) return input_for(op, target);
    const double nearest = std::clamp<double>(target, op.min, op.max);
    float input = input_for(op, nearest);
    const float value = std::fma(input, op.scale, op.center);
    // Rounding may lead a little beyond the limit.
    const bool is_above = value > op.max;
    if (op.type == ChannelType::kFloat && (is_above || value < op.min)) {
      const float down = op.scale > 0 ? -INFINITY : INFINITY;
      input = std::nextafter(input, is_above ? down : -down);
    }
    return input;
  }

  const Plan& plan_;
  std::vector<float> vec_;
};

}  // namespace

float input_for(const Affine& op, double target) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  const double value = (target - op.center) / op.scale + 0.0;  // the sum turns -0 into 0
  return static_cast<float>(std::clamp(value, -kLargest, kLargest));
}

std::vector<float> rest_vec(const Plan& plan) {
  const DefaultFloatEnv env;
  RestPose pose(plan);
  for (const Operation& operation : plan.operations()) std::visit(pose, operation);
  return std::move(pose).take();
}

}  // namespace rigjit
