// Many random vectors through many random plans: every target's kernels against the reference.
// RIGJIT_LONG_TESTS=1 takes a million vectors and prints the worst errors.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "compiled.h"
#include "engine/random_plan.h"
#include "long_run.h"
#include "reference/reference.h"
#include "rotation_compare.h"

namespace rigjit::testing {
namespace {

// Floats in the order of their values; neighbours differ by 1, and so do the two zeros.
int64_t place_of(float x) {
  const auto bits = std::bit_cast<int32_t>(x);
  return bits >= 0 ? int64_t{bits} : -int64_t{bits & 0x7fffffff} - 1;
}

struct Worst {
  double rotation_degrees = 0;
  double angle_degrees = 0;
  int64_t affine_ulp = 0;  // constants, too
  uint64_t values = 0;
};

class OneTarget {
 public:
  OneTarget(const Plan& plan, const MessageLayout& layout, const Target& target, Worst& worst)
      : plan_(plan),
        layout_(layout),
        values_(compiled(plan, Program::kValues, target)),
        message_(compiled(plan, Program::kMessage, target)),
        worst_(worst) {}

  void check(const std::vector<float>& vec, const std::vector<double>& truth) {
    const Converted got = values_of(plan_, values_, vec);
    ASSERT_TRUE(got.ok);
    for (const Operation& operation : plan_.operations()) {
      const uint32_t channel = channel_of(operation);
      compare(operation, &got.values[channel], &truth[channel]);
    }
    worst_.values += got.values.size();
    bytes_.assign(layout_.bytes.size(), 0xee);
    ASSERT_EQ(message_(vec.data(), bytes_.data()), 0u);
    ASSERT_EQ(bytes_, message_with(plan_, layout_, got.values));
  }

 private:
  void compare(const Operation& operation, const float* got, const double* truth) {
    const auto keep = [](auto& worst, auto error) { worst = std::max(worst, error); };
    if (const auto* rotation = std::get_if<Rotation>(&operation)) {
      keep(worst_.rotation_degrees,
           degrees_between(matrix_of(*rotation, got), matrix_of(*rotation, truth)));
    } else if (const auto* angle = std::get_if<Angle>(&operation)) {
      keep(worst_.angle_degrees, degrees_apart(*got, *truth, angle->unit));
    } else {
      keep(worst_.affine_ulp, std::abs(place_of(*got) - place_of(static_cast<float>(*truth))));
    }
  }

  const Plan& plan_;
  const MessageLayout& layout_;
  LoadedCode values_, message_;
  std::vector<uint8_t> bytes_;
  Worst& worst_;
};

void run_plan(uint64_t seed, int vectors, std::vector<Worst>& worst) {
  const std::vector<const Target*> targets = runnable_targets();
  RandomPlanOptions options;
  options.controllers = 1 + static_cast<uint32_t>(seed % 24);
  // An angle next to half a turn may have either sign; clamped it is another rotation then.
  options.angle_limits = false;
  const Plan plan = random_plan(1'000'000 + seed, options);
  const auto layout = message_layout(plan);
  ASSERT_TRUE(layout.ok());
  std::vector<OneTarget> kernels;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    kernels.emplace_back(plan, *layout, *targets[i], worst[i]);
  }
  std::mt19937_64 bits(seed);
  for (int i = 0; i < vectors; ++i) {
    const std::vector<float> vec = random_vec(plan, bits);
    const std::vector<double> truth = evaluate(plan, vec);
    for (OneTarget& kernel : kernels) kernel.check(vec, truth);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << " vector " << i;
  }
}

TEST(RandomVectors, KernelsOfEveryTargetAgreeWithTheReference) {
  const int plans = is_long_run() ? 1000 : 24;
  const int vectors_a_plan = is_long_run() ? 1000 : 40;
  const std::vector<const Target*> targets = runnable_targets();
  std::vector<Worst> worst(targets.size());
  for (int i = 0; i < plans && !HasFailure(); ++i) {
    run_plan(static_cast<uint64_t>(i), vectors_a_plan, worst);
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    EXPECT_LE(worst[i].rotation_degrees, kBoundDegrees) << targets[i]->name;
    EXPECT_LE(worst[i].angle_degrees, kBoundDegrees) << targets[i]->name;
    EXPECT_EQ(worst[i].affine_ulp, 0) << targets[i]->name;
    EXPECT_GT(worst[i].values, 0u);
    std::printf(
        "%-16s %d vectors, %llu values; worst: rotation %.2e degrees, angle %.2e degrees, "
        "affine %lld ulp\n",
        targets[i]->name, plans * vectors_a_plan, static_cast<unsigned long long>(worst[i].values),
        worst[i].rotation_degrees, worst[i].angle_degrees,
        static_cast<long long>(worst[i].affine_ulp));
  }
}

}  // namespace
}  // namespace rigjit::testing
