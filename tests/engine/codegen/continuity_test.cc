// Continuous programs: the same poses as the plain ones, by the numbers nearest to the frame
// before.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "compiled.h"
#include "engine/random.h"
#include "engine/random_plan.h"
#include "rotation_compare.h"

namespace rigjit::testing {
namespace {

constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();

// A continuous program and what it remembers.
class Continuous {
 public:
  Continuous(const Plan& plan, Program program, const Target& target)
      : code_(compiled(plan, program, target)), channels_(plan.channel_count()) {
    std::ranges::fill(state_, kNothing);
    EXPECT_LE(map()[0], kMostFloats);
  }

  void remember(const std::vector<float>& values) {
    for (uint32_t channel = 0; channel < channels_; ++channel) {
      if (map()[1 + channel] != kNotRemembered) previous()[map()[1 + channel]] = values[channel];
    }
  }

  bool run(const std::vector<float>& vec, void* out) {
    const auto kernel = std::bit_cast<ContinuousKernelFunction>(code_.kernel());
    const bool good = kernel(vec.data(), static_cast<uint8_t*>(out), previous(),
                             state_.data() + (is_odd_ ? 0 : kMostFloats)) == 0;
    if (good) is_odd_ = !is_odd_;
    return good;
  }

 private:
  static constexpr size_t kMostFloats = 8192;

  float* previous() { return state_.data() + (is_odd_ ? kMostFloats : 0); }
  [[nodiscard]] std::span<const uint32_t> map() const { return code_.state_map(); }

  LoadedCode code_;
  uint32_t channels_;
  bool is_odd_ = false;
  alignas(kStateAlignment) std::array<float, 2 * kMostFloats> state_;
};

double turn_of(AngleUnit unit) { return 360 / degrees_per(unit); }

double way(double angle, double previous, AngleUnit unit) {
  return std::abs(std::remainder(angle - previous, turn_of(unit)));
}

// Angles of many turns have fewer digits behind the point.
double bound_of(const float* angles, uint32_t count, AngleUnit unit) {
  double ulps = 0;
  for (uint32_t i = 0; i < count; ++i) ulps += std::abs(angles[i]) * 0x1p-23;
  return kBoundDegrees + 2 * ulps * degrees_per(unit);
}

// The sum of ways of both triples that mean the rotation of `plain`, in its unit.
std::array<double, 2> ways(const Rotation& rotation, const float* plain, const float* previous) {
  const auto axes = axes_of(rotation.order);
  const double half = turn_of(rotation.unit) / 2;
  std::array<double, 2> sums{};
  for (int role = 0; role < 3; ++role) {
    const int axis = axes[role];
    const double other = role == 1 ? half - plain[axis] : plain[axis] + half;
    sums[0] += way(plain[axis], previous[axis], rotation.unit);
    sums[1] += way(other, previous[axis], rotation.unit);
  }
  return sums;
}

class Continuity : public ::testing::TestWithParam<const Target*> {};

TEST_P(Continuity, FirstFrameIsPlain) {
  const Plan plan = random_plan(5);
  std::mt19937_64 bits(5);
  const LoadedCode values = compiled(plan, Program::kValues, *GetParam());
  for (int round = 0; round < 20; ++round) {
    Continuous continuous(plan, Program::kValuesContinuous, *GetParam());
    const std::vector<float> vec = random_vec(plan, bits);
    std::vector<float> got(plan.channel_count());
    ASSERT_TRUE(continuous.run(vec, got.data()));
    ASSERT_EQ(std::memcmp(values_of(plan, values, vec).values.data(), got.data(), 4 * got.size()),
              0);
  }
}

TEST_P(Continuity, MeansTheSamePoseByTheNearestNumbers) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    RandomPlanOptions options;
    options.angle_limits = false;  // which would cut off what the nearest numbers are
    options.controllers = static_cast<uint32_t>(1 + seed * seed * 4);
    const Plan plan = random_plan(seed, options);
    const LoadedCode plain = compiled(plan, Program::kValues, *GetParam());
    Continuous continuous(plan, Program::kValuesContinuous, *GetParam());
    std::mt19937_64 bits(seed);
    Random random(bits);
    std::vector<float> before(plan.channel_count());
    for (float& value : before) value = static_cast<float>(random.uniform(-900, 900));
    continuous.remember(before);
    for (int frame = 0; frame < 30; ++frame) {
      const std::vector<float> vec = random_vec(plan, bits, VectorKind::kOrdinary);
      std::vector<float> got(plan.channel_count());
      ASSERT_TRUE(continuous.run(vec, got.data()));
      const Converted truth = values_of(plan, plain, vec);
      for (const Operation& operation : plan.operations()) {
        const uint32_t channel = channel_of(operation);
        const float* now = &got[channel];
        const float* expected = &truth.values[channel];
        const float* previous = &before[channel];
        if (const auto* rotation = std::get_if<Rotation>(&operation)) {
          ASSERT_LE(degrees_between(matrix_of(*rotation, now), matrix_of(*rotation, expected)),
                    bound_of(now, rotation->channel_count(), rotation->unit));
          if (rotation->output == RotationOutput::kEuler) {
            const auto [as_is, other] = ways(*rotation, expected, previous);
            double gone = 0;
            for (int axis = 0; axis < 3; ++axis) gone += std::abs(now[axis] - previous[axis]);
            ASSERT_LE(gone, std::min(as_is, other) + 1e-3) << seed << " " << frame;
          } else if (frame > 0) {
            double dot = 0;
            for (int k = 0; k < 4; ++k) dot += double{now[k]} * previous[k];
            ASSERT_GE(dot, -1e-6);
          }
        } else if (const auto* angle = std::get_if<Angle>(&operation)) {
          ASSERT_LE(degrees_apart(*now, *expected, angle->unit), bound_of(now, 1, angle->unit));
          ASSERT_LE(std::abs(*now - *previous), turn_of(angle->unit) / 2 + 1e-3);
        } else {
          ASSERT_EQ(std::bit_cast<uint32_t>(*now), std::bit_cast<uint32_t>(*expected));
        }
      }
      before = got;
    }
  }
}

// Through exact lock, where the outer angles are free: none of them jumps, and the matrix is kept.
TEST_P(Continuity, StaysNearAtLock) {
  for (uint8_t order = 0; order < 6; ++order) {
    for (uint8_t layout = 0; layout < 3; ++layout) {
      for (const double sign : {-1.0, 1.0}) {
        PlanBuilder builder;
        builder.begin_controller("c");
        builder.rotation3d(static_cast<RotateOrder>(order), static_cast<Rot6dLayout>(layout),
                           AngleUnit::kDegrees, RotationOutput::kEuler);
        const Plan plan = std::move(builder).build();
        const auto& rotation = std::get<Rotation>(plan.operations()[0]);
        Continuous continuous(plan, Program::kValuesContinuous, *GetParam());
        const auto axes = axes_of(rotation.order);
        std::array<float, 3> before{};
        before[axes[0]] = 40;
        before[axes[1]] = static_cast<float>(sign * 88);
        before[axes[2]] = 25;
        continuous.remember({before.begin(), before.end()});
        std::array<double, 3> radians{};
        radians[axes[0]] = 41 * std::numbers::pi / 180;
        radians[axes[2]] = 26 * std::numbers::pi / 180;
        // A quarter turn that is exact.
        const Matrix3 matrix = axis_rotation(axes[2], radians[axes[2]]) *
                               axis_rotation(axes[1], 0, sign) *
                               axis_rotation(axes[0], radians[axes[0]]);
        const auto wide = rot6d(matrix, rotation.layout);
        const std::vector<float> vec(wide.begin(), wide.end());
        std::array<float, 3> got{};
        ASSERT_TRUE(continuous.run(vec, got.data()));
        for (int axis = 0; axis < 3; ++axis) {
          EXPECT_NEAR(got[axis], before[axis], 2.1) << int{order} << " " << int{layout};
        }
        EXPECT_LE(degrees_between(matrix_of(rotation, got.data()), matrix), 1e-4);
      }
    }
  }
}

TEST_P(Continuity, WritesTheSameMessageAndKeepsItsStateAfterABadFrame) {
  const Plan plan = random_plan(9);
  const auto layout = message_layout(plan);
  Continuous messages(plan, Program::kMessageContinuous, *GetParam());
  Continuous values(plan, Program::kValuesContinuous, *GetParam());
  std::mt19937_64 bits(9);
  for (int frame = 0; frame < 12; ++frame) {
    std::vector<float> vec = random_vec(plan, bits);
    std::vector<uint8_t> bytes(layout->bytes.size());
    std::vector<float> numbers(plan.channel_count());
    if (frame % 3 == 1) {
      std::vector<float> bad = vec;
      bad[bits() % bad.size()] = kNothing;
      EXPECT_FALSE(messages.run(bad, bytes.data()));
    }
    ASSERT_TRUE(messages.run(vec, bytes.data()));
    ASSERT_TRUE(values.run(vec, numbers.data()));
    ASSERT_EQ(bytes, message_with(plan, *layout, numbers)) << frame;
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Continuity, ::testing::ValuesIn(runnable_targets()),
                         name_of_target);

}  // namespace
}  // namespace rigjit::testing
