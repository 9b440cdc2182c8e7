#include "reference/reference.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <numbers>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "engine/plan/sample_plan.h"
#include "engine/random.h"
#include "engine/random_plan.h"
#include "engine/rotation_math.h"

namespace rigjit::testing {
namespace {

using ::testing::ElementsAre;

constexpr double kDegree = std::numbers::pi / 180;

struct Case {
  RotateOrder order;
  Rot6dLayout layout;
  AngleUnit unit;
  RotationOutput output;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (uint8_t order = 0; order < 6; ++order) {
    for (uint8_t layout = 0; layout < 3; ++layout) {
      for (uint8_t unit = 0; unit < 2; ++unit) {
        for (uint8_t output = 0; output < 2; ++output) {
          cases.push_back({static_cast<RotateOrder>(order), static_cast<Rot6dLayout>(layout),
                           static_cast<AngleUnit>(unit), static_cast<RotationOutput>(output)});
        }
      }
    }
  }
  return cases;
}

std::vector<double> values_of(const Case& c, const std::array<double, 6>& inputs) {
  const Plan plan =
      plan_of([&](PlanBuilder& b) { b.rotation3d(c.order, c.layout, c.unit, c.output); });
  std::vector<float> vec(6);
  std::ranges::transform(inputs, vec.begin(), [](double x) { return static_cast<float>(x); });
  EXPECT_TRUE(diagnose(plan, vec).empty());
  return evaluate(plan, vec);
}

std::array<double, 3> radians_of(const Case& c, const std::vector<double>& values) {
  const double factor = c.unit == AngleUnit::kDegrees ? kDegree : 1;
  return {values[0] * factor, values[1] * factor, values[2] * factor};
}

Matrix3 matrix_of(const Case& c, const std::vector<double>& values) {
  if (c.output == RotationOutput::kQuaternion) {
    return quaternion_matrix({values[0], values[1], values[2], values[3]});
  }
  return euler_matrix(c.order, radians_of(c, values));
}

void expect_ranges(const Case& c, const std::vector<double>& values) {
  if (c.output == RotationOutput::kQuaternion) {
    EXPECT_GE(values[0], 0);
    EXPECT_FALSE(std::signbit(values[0]));
    double squared = 0;
    for (const double value : values) squared += value * value;
    EXPECT_NEAR(squared, 1, 1e-14);
    return;
  }
  const double half_turn = c.unit == AngleUnit::kDegrees ? 180 : std::numbers::pi;
  const int middle = axes_of(c.order)[1];
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_LE(std::abs(values[axis]), axis == middle ? half_turn / 2 : half_turn);
  }
}

// Rounding the inputs to float32 turns a matrix by up to about 5e-6 degrees; taking the last axis
// as 0 at lock adds as much again.
void expect_rotation(const Case& c, const Matrix3& m, double p = 1, double q = 1,
                     double tolerance_deg = 1e-5) {
  const std::vector<double> values = values_of(c, rot6d(m, c.layout, p, q));
  EXPECT_LT(degrees_between(matrix_of(c, values), m), tolerance_deg);
  expect_ranges(c, values);
}

Matrix3 random_rotation(Random& random) {
  return quaternion_matrix({random.normal(), random.normal(), random.normal(), random.normal()});
}

TEST(Reference, RandomRotations) {
  std::mt19937_64 bits(1);
  Random random(bits);
  for (const Case& c : all_cases()) {
    for (int i = 0; i < 200; ++i) expect_rotation(c, random_rotation(random));
  }
}

// Inputs that float32 holds exactly leave only the errors of double.
TEST(Reference, IsExactForTheInputsAsTheyAre) {
  std::mt19937_64 bits(2);
  Random random(bits);
  for (const Case& c : all_cases()) {
    for (int i = 0; i < 50; ++i) {
      // A quaternion of small integers: its matrix times its squared length is made of integers.
      const std::array<double, 4> q = {
          std::floor(random.uniform(1, 9)), std::floor(random.uniform(-8, 9)),
          std::floor(random.uniform(-8, 9)), std::floor(random.uniform(-8, 9))};
      const double squared = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
      const Matrix3 m = quaternion_matrix(q);
      std::array<double, 6> inputs = rot6d(m, c.layout, squared, squared);
      for (double& input : inputs) input = std::round(input);
      EXPECT_LT(degrees_between(matrix_of(c, values_of(c, inputs)), m), 1e-12);
    }
  }
}

TEST(Reference, AnglesThemselvesAwayFromLock) {
  std::mt19937_64 bits(3);
  Random random(bits);
  for (const Case& c : all_cases()) {
    if (c.output != RotationOutput::kEuler) continue;
    for (int i = 0; i < 100; ++i) {
      const int middle = axes_of(c.order)[1];
      std::array<double, 3> radians{};
      for (int axis = 0; axis < 3; ++axis) {
        radians[axis] = random.uniform(-1, 1) * (axis == middle ? 80 : 179) * kDegree;
      }
      const auto values = values_of(c, rot6d(euler_matrix(c.order, radians), c.layout));
      const std::array<double, 3> found = radians_of(c, values);
      for (int axis = 0; axis < 3; ++axis) EXPECT_NEAR(found[axis], radians[axis], 2e-6);
    }
  }
}

// A quarter turn about each axis, by hand: what the letters and the signs mean.
TEST(Reference, QuarterTurns) {
  const auto degrees = [](const std::array<double, 6>& columns) {
    return values_of(
        {RotateOrder::kXYZ, Rot6dLayout::kColumns, AngleUnit::kDegrees, RotationOutput::kEuler},
        columns);
  };
  EXPECT_THAT(degrees({1, 0, 0, 0, 0, 1}), ElementsAre(90, 0, 0));   // y goes to z
  EXPECT_THAT(degrees({0, 0, -1, 0, 1, 0}), ElementsAre(0, 90, 0));  // z goes to x
  EXPECT_THAT(degrees({0, 1, 0, -1, 0, 0}), ElementsAre(0, 0, 90));  // x goes to y
}

TEST(Reference, ExactLock) {
  std::mt19937_64 bits(4);
  Random random(bits);
  for (const Case& c : all_cases()) {
    const auto [first, middle, last] = axes_of(c.order);
    for (int i = 0; i < 50; ++i) {
      const double turn = random.below(8) == 0 ? 0 : random.uniform(-3, 3);
      const Matrix3 m = axis_rotation(middle, 0.0, random.sign()) * axis_rotation(first, turn);
      expect_rotation(c, m, 1, 1, 2e-5);
    }
    if (c.output != RotationOutput::kEuler) continue;
    const Matrix3 m = axis_rotation(middle, 0.0, 1.0) * axis_rotation(first, 0.0, 1.0);
    const std::vector<double> values = values_of(c, rot6d(m, c.layout));
    EXPECT_EQ(values[last], 0);
    EXPECT_DOUBLE_EQ(values[middle], c.unit == AngleUnit::kDegrees ? 90 : 90 * kDegree);
    EXPECT_DOUBLE_EQ(values[first], c.unit == AngleUnit::kDegrees ? 90 : 90 * kDegree);
  }
}

TEST(Reference, NearLock) {
  std::mt19937_64 bits(5);
  Random random(bits);
  for (const Case& c : all_cases()) {
    const auto [first, middle, last] = axes_of(c.order);
    for (int i = 0; i < 200; ++i) {
      const double cosine = random.log_uniform(1e-9, 1e-2);
      const double sine = random.sign() * std::sqrt(1 - cosine * cosine);
      const Matrix3 m = axis_rotation(last, random.uniform(-3, 3)) *
                        axis_rotation(middle, cosine, sine) *
                        axis_rotation(first, random.uniform(-3, 3));
      expect_rotation(c, m, 1, 1, 2e-5);
    }
  }
}

TEST(Reference, HalfTurns) {
  std::mt19937_64 bits(6);
  Random random(bits);
  for (const Case& c : all_cases()) {
    for (int i = 0; i < 50; ++i) {
      std::array<double, 4> q = {0, random.normal(), random.normal(), random.normal()};
      if (i < 3) q = {0, i == 0 ? 1.0 : 0.0, i == 1 ? 1.0 : 0.0, i == 2 ? 1.0 : 0.0};
      expect_rotation(c, quaternion_matrix(q));
    }
  }
}

TEST(Reference, ColumnsOfAnyLength) {
  std::mt19937_64 bits(7);
  Random random(bits);
  for (const Case& c : all_cases()) {
    for (int i = 0; i < 100; ++i) {
      const double p = random.log_uniform(1e-37, 3e38);
      const double q = random.log_uniform(1e-37, 3e38);
      expect_rotation(c, random_rotation(random), p, q);
    }
    const Matrix3 exact = {{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}};
    for (const double length : {1e-45, 1e-42, 3.4e38}) expect_rotation(c, exact, length, length);
  }
}

TEST(Reference, TheFirstColumnIsKeptAndTheSecondProjected) {
  const Case c = {RotateOrder::kXYZ, Rot6dLayout::kColumns, AngleUnit::kDegrees,
                  RotationOutput::kEuler};
  EXPECT_THAT(values_of(c, {2, 0, 0, 5, 3, 0}), ElementsAre(0, 0, 0));
  for (const double sine : {1e-2, 1e-4, 1e-5}) {
    const auto values = values_of(c, {1, 0, 0, 1, 0.6 * sine, 0.8 * sine});
    EXPECT_NEAR(values[0], std::atan2(0.8, 0.6) / kDegree, 5e-6);
    EXPECT_EQ(values[1], 0);
    EXPECT_EQ(values[2], 0);
  }
}

TEST(Reference, Angles) {
  const Plan plan = plan_of([](PlanBuilder& b) {
    b.rotation1d(0, false, AngleUnit::kDegrees);
    b.rotation1d(1, true, AngleUnit::kDegrees);
    b.rotation1d(2, false, AngleUnit::kRadians);
  });
  EXPECT_THAT(evaluate(plan, std::vector<float>{1e-42f, 0, 3e38f, 3e38f, 0, -1}),
              ElementsAre(90, 45, std::numbers::pi));
}

TEST(Reference, AffineIsOneRoundingAndKeepsTheSignOfZero) {
  const Plan plan = plan_of([](PlanBuilder& b) {
    b.translation(0, 1.0f + FLT_EPSILON, -1.0f);
    b.translation(1, 1, -0.0f);
    b.attribute("a", 1, -0.0f, 0.0f, 1.0f);
    b.attribute("b", 1, 0, -1.0f, -0.0f);
    b.attribute("c", 1, 0, -1.0f, 1.0f);
    b.attribute("d", 1, 0, -1.0f, 1.0f);
    b.constant("e", -0.0f);
  });
  const auto values =
      evaluate(plan, std::vector<float>{1.0f - FLT_EPSILON / 2, -0.0f, -0.0f, 0.0f, -7.0f, 7.0f});
  EXPECT_EQ(values[0], std::fma(1.0 - FLT_EPSILON / 2, 1.0 + FLT_EPSILON, -1.0));
  EXPECT_TRUE(values[1] == 0 && std::signbit(values[1]));
  EXPECT_TRUE(values[2] == 0 && std::signbit(values[2]));   // -0 does not lie below 0
  EXPECT_TRUE(values[3] == 0 && !std::signbit(values[3]));  // nor 0 above -0
  EXPECT_EQ(values[4], -1);
  EXPECT_EQ(values[5], 1);
  EXPECT_TRUE(values[6] == 0 && std::signbit(values[6]));
}

#if defined(__SSE2__)
TEST(Reference, DoesNotDependOnTheCallersFloatModes) {
  const Plan plan = random_plan(8);
  std::mt19937_64 bits(8);
  const std::vector<float> vec = random_vec(plan, bits, VectorKind::kLengths);
  const std::vector<double> expected = evaluate(plan, vec);
  const unsigned modes = _mm_getcsr();
  const unsigned changed = modes | 0x8040 | _MM_ROUND_UP;  // flush denormals, and read them as zero
  _mm_setcsr(changed);
  const std::vector<double> values = evaluate(plan, vec);
  const bool is_fine = diagnose(plan, vec).empty();
  const unsigned after = _mm_getcsr();
  _mm_setcsr(modes);
  EXPECT_EQ(values, expected);
  EXPECT_TRUE(is_fine);
  EXPECT_EQ(after & 0xffc0, changed & 0xffc0);
}
#endif

}  // namespace
}  // namespace rigjit::testing
