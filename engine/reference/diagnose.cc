#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "base/default_float_env.h"
#include "base/make_error.h"
#include "plan/rot6d_elements.h"
#include "plan/words.h"
#include "reference/degenerate.h"
#include "reference/reference.h"

namespace rigjit {
namespace {

// Indices within one transformation of the inputs that an error is about.
using Places = std::vector<uint32_t>;

// "0", "0 and 1", "0, 2 and 4", each after `before` and followed by `after`.
std::string enumerated(const Places& places, uint32_t offset, const char* before,
                       const char* after) {
  std::string text;
  for (size_t i = 0; i < places.size(); ++i) {
    if (i > 0) text += i + 1 == places.size() ? " and " : ", ";
    text += before + std::to_string(places[i] + offset) + after;
  }
  return text;
}

std::string describe(float value) {
  if (std::isnan(value)) return "NaN";
  return std::signbit(value) ? "-Inf" : "Inf";
}

using Column = std::array<float, 3>;

double sine_between(const Column& a, const Column& b) {
  const auto length = [](double x, double y, double z) { return std::hypot(x, y, z); };
  const double ax = a[0], ay = a[1], az = a[2], bx = b[0], by = b[1], bz = b[2];
  return length(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx) /
         (length(ax, ay, az) * length(bx, by, bz));
}

// The values that limits are compared with; none where no limit can fail.
std::vector<double> limited_values(const Plan& plan, std::span<const float> vec,
                                   const std::function<std::vector<float>()>& values_of) {
  const auto can_fail = [&](const Operation& operation) {
    if (const auto* rotation = std::get_if<Rotation>(&operation)) {
      return std::ranges::any_of(rotation->limits, &Limits::can_fail);
    }
    return limits_of(operation, channel_of(operation)).can_fail();
  };
  if (!std::ranges::any_of(plan.operations(), can_fail)) return {};
  const std::vector<float> values = values_of ? values_of() : std::vector<float>();
  if (values.empty()) return evaluate(plan, vec);
  return {values.begin(), values.end()};
}

class Diagnosis {
 public:
  Diagnosis(const Plan& plan, std::span<const float> vec,
            const std::function<std::vector<float>()>& values_of)
      : plan_(plan), vec_(vec), values_(limited_values(plan, vec, values_of)) {}

  void operator()(const Affine& op) {
    if (not_finite(op.input, 1, op.channel)) return;
    const float value = std::fma(vec_[op.input], op.scale, op.center);
    if (!std::isfinite(value)) {
      return report("overflow", "the value is too large for a float32", op, {0});
    }
    check_limits(op.limits(), op.channel, op.input, {0});
  }

  void operator()(const OneHot& op) {
    for (uint32_t i = 0; i < op.count; ++i) {
      if (!std::isnan(vec_[op.input + i])) continue;
      return report("not-finite", "an input is NaN", op, {i});
    }
  }

  void operator()(const Angle& op) {
    if (not_finite(op.input, 2, op.channel)) return;
    if (vec_[op.input] == 0 && vec_[op.input + 1] == 0) {
      return report("zero-angle", "sine and cosine are both 0", op, {0, 1});
    }
    check_limits(op.limits, op.channel, op.input, {0, 1});
  }

  void operator()(const Rotation& op) {
    if (not_finite(op.input, kRot6dSize, op.channel)) return;
    const char* const noun = op.layout == Rot6dLayout::kRows ? "row" : "column";
    std::array<Column, 2> columns{};
    for (uint32_t which = 0; which < 2; ++which) {
      Places places;
      for (uint32_t axis = 0; axis < 3; ++axis) {
        places.push_back(rot6d_element(op.layout, which, axis));
        columns[which][axis] = vec_[op.input + places.back()];
      }
      if (columns[which] != Column{}) continue;
      const std::string what = std::string(which == 0 ? "the first " : "the second ") + noun;
      return report("zero-column", what + " of the rotation is zero", op, places);
    }
    const bool is_parallel = rot6d_is_degenerate(columns[0].data(), columns[1].data());
    if (is_parallel) report_parallel(op);
    for (uint32_t i = 0; !is_parallel && i < op.channel_count(); ++i) {
      check_limits(limits_of(op, op.channel + i), op.channel + i, op.input, {0, 1, 2, 3, 4, 5});
    }
    const double sine = sine_between(columns[0], columns[1]);
    if (!most_parallel_ || sine < smallest_sine_) {
      smallest_sine_ = sine;
      most_parallel_ = &op;
    }
  }

  void operator()(const Constant&) {}

  [[nodiscard]] Errors take() && { return std::move(errors_); }

  // Blames the value that is nearest to its limits, if it is next to them, else the rotation whose
  // columns are closest to parallel, where nothing else is to blame.
  [[nodiscard]] Errors take_or_nearest() && {
    constexpr double kNext = 1e-5;
    if (errors_.empty() && nearest_.margin < kNext) report_limit(nearest_);
    if (errors_.empty() && most_parallel_) report_parallel(*most_parallel_);
    return std::move(errors_);
  }

 private:
  // A value within a limit; `margin` is how far, relative to the larger of 1 and the limit. A sum
  // that is just the limit is that for every kernel, an angle is not.
  struct Near {
    double margin = INFINITY;
    float value, limit;
    bool is_max;
    uint32_t channel, input;
    Places places;
  };

  void check_limits(const Limits& limits, uint32_t channel, uint32_t input, const Places& places) {
    if (!limits.can_fail()) return;
    const auto value = static_cast<float>(values_[channel]);
    for (const bool is_max : {false, true}) {
      const float limit = is_max ? limits.max : limits.min;
      if (!std::isfinite(limit)) continue;
      const double inside = is_max ? double{limit} - value : double{value} - limit;
      const double margin = inside / std::max(1.0, std::abs(double{limit}));
      Near near{margin, value, limit, is_max, channel, input, places};
      if (margin < 0) {
        report_limit(near);
      } else if ((margin > 0 || places.size() > 1) && margin < nearest_.margin) {
        nearest_ = std::move(near);
      }
    }
  }

  void report_limit(const Near& near) {
    report("out-of-limits",
           "the value " + digits(near.value) + " is " + (near.is_max ? "above" : "below") +
               " the limit " + digits(near.limit),
           near.input, near.channel, near.places);
  }

  void report_parallel(const Rotation& op) {
    const char* const noun = op.layout == Rot6dLayout::kRows ? "row" : "column";
    report("parallel-columns", std::string("the two ") + noun + "s of the rotation are parallel",
           op, {0, 1, 2, 3, 4, 5});
  }

  bool not_finite(uint32_t input, uint32_t count, uint32_t channel) {
    for (uint32_t i = 0; i < count; ++i) {
      const float value = vec_[input + i];
      if (std::isfinite(value)) continue;
      report("not-finite", "an input is " + describe(value), input, channel, {i});
      return true;
    }
    return false;
  }

  template <class Op>
  void report(const char* code, const std::string& what, const Op& op, const Places& places) {
    report(code, what, op.input, op.channel, places);
  }

  // The path names the first of the inputs, the sentence all of them.
  void report(const char* code, const std::string& what, uint32_t input, uint32_t channel,
              const Places& places) {
    const std::string& controller = plan_.controllers()[plan_.controller_of(channel)].name;
    const char* const kind = to_string(plan_.inputs()[input].transformation);
    errors_.push_back(error_at(code,
                               controller + "." + plan_.attributes()[channel] + ": " + what + " (" +
                                   kind + (places.size() == 1 ? " input " : " inputs ") +
                                   enumerated(places, 0, "", "") + ", " +
                                   enumerated(places, input, "vec[", "]") + ")",
                               "vec[" + std::to_string(input + places.front()) + "]"));
  }

  const Plan& plan_;
  std::span<const float> vec_;
  const std::vector<double> values_;
  Errors errors_;
  Near nearest_;
  double smallest_sine_ = 0;
  const Rotation* most_parallel_ = nullptr;
};

Diagnosis examined(const Plan& plan, std::span<const float> vec,
                   const std::function<std::vector<float>()>& values_of) {
  assert(vec.size() == plan.input_count());
  const DefaultFloatEnv env;
  Diagnosis diagnosis(plan, vec, values_of);
  for (const Operation& operation : plan.operations()) std::visit(diagnosis, operation);
  return diagnosis;
}

}  // namespace

Errors diagnose(const Plan& plan, std::span<const float> vec) {
  return examined(plan, vec, {}).take();
}

Errors diagnose_refused(const Plan& plan, std::span<const float> vec,
                        const std::function<std::vector<float>()>& values_of) {
  return examined(plan, vec, values_of).take_or_nearest();
}

}  // namespace rigjit
