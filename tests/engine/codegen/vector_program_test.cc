// The vector program against the reference, and both ways round, for every target that this
// machine runs.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "compiled.h"
#include "engine/random.h"
#include "engine/random_plan.h"
#include "reference/reference.h"
#include "reference/reference_vector.h"
#include "rotation_compare.h"

namespace rigjit::testing {
namespace {

// Of an element of a rot6d, a sine or a cosine.
constexpr double kElementBound = 4e-7;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Inverted {
  bool ok;
  std::vector<float> vec;
};

Inverted inverted(const Plan& plan, const LoadedCode& code, const std::vector<float>& values) {
  Inverted result{false, std::vector<float>(plan.input_count())};
  result.ok = code(values.data(), reinterpret_cast<uint8_t*>(result.vec.data())) == 0;
  return result;
}

// Of a bool, int or enum: often a limit, else a number that is not large.
float whole_value(const Limits& limits, Random& random) {
  constexpr double kLarge = 1000;
  if (random.chance(0.2)) return random.chance(0.5) ? limits.min : limits.max;
  const double least = std::max<double>(limits.min, -kLarge);
  const double greatest = std::min<double>(limits.max, kLarge);
  return static_cast<float>(least + random.below(static_cast<uint32_t>(greatest - least) + 1));
}

// Angles of several turns, quaternions of any length, constants that are no numbers.
std::vector<float> random_values(const Plan& plan, std::mt19937_64& bits) {
  Random random(bits);
  std::vector<float> values(plan.channel_count());
  const auto angle = [&](AngleUnit unit) {
    const double turn = unit == AngleUnit::kDegrees ? 360 : 6.283185307179586;
    if (random.chance(0.1)) return random.below(9) * turn / 4 - turn;
    if (random.chance(0.1)) return random.sign() * random.log_uniform(1e-40, 1e38);
    return random.uniform(-3, 3) * turn;
  };
  for (const Operation& operation : plan.operations()) {
    float* value = &values[channel_of(operation)];
    if (plan.types()[channel_of(operation)] != ChannelType::kFloat) {
      *value = whole_value(whole_limits(operation), random);
    } else if (const auto* affine = std::get_if<Affine>(&operation)) {
      *value = static_cast<float>(affine->center +
                                  affine->scale * random.normal() * random.log_uniform(1e-6, 1e3));
      if (random.chance(0.1)) *value = affine->center;
    } else if (const auto* turned = std::get_if<Angle>(&operation)) {
      *value = static_cast<float>(angle(turned->unit));
    } else if (const auto* rotation = std::get_if<Rotation>(&operation)) {
      const double length = random.log_uniform(1e-40, 1e38);
      for (uint32_t k = 0; k < rotation->channel_count(); ++k) {
        value[k] = rotation->output == RotationOutput::kEuler
                       ? static_cast<float>(angle(rotation->unit))
                       : static_cast<float>(random.normal() * length);
      }
    } else {
      *value = kNan;
    }
  }
  return values;
}

void expect_near_reference(const Plan& plan, const std::vector<float>& values,
                           const std::vector<float>& vec) {
  const std::vector<double> truth = evaluate_vector(plan, values);
  std::vector<bool> is_affine(vec.size(), false);
  for (const Operation& operation : plan.operations()) {
    if (const auto* affine = std::get_if<Affine>(&operation)) is_affine[affine->input] = true;
  }
  for (size_t i = 0; i < vec.size(); ++i) {
    const auto nearest = static_cast<float>(truth[i]);
    if (is_affine[i]) {
      EXPECT_EQ(vec[i], nearest) << "vec[" << i << "]";
    } else {
      EXPECT_NEAR(vec[i], truth[i], kElementBound) << "vec[" << i << "]";
    }
  }
}

class VectorProgram : public ::testing::TestWithParam<const Target*> {};

TEST_P(VectorProgram, AgreesWithReferenceOnRandomPlans) {
  for (uint64_t seed = 0; seed < 24; ++seed) {
    RandomPlanOptions options;
    options.controllers =
        seed < 8 ? static_cast<uint32_t>(seed) + 1 : static_cast<uint32_t>(seed * seed);
    const Plan plan = random_plan(seed, options);
    const LoadedCode code = compiled(plan, Program::kVector, *GetParam());
    std::mt19937_64 bits(seed);
    for (int round = 0; round < 8; ++round) {
      const std::vector<float> values = random_values(plan, bits);
      ASSERT_TRUE(diagnose_values(plan, values).empty());
      const Inverted got = inverted(plan, code, values);
      ASSERT_TRUE(got.ok) << "seed " << seed;
      expect_near_reference(plan, values, got.vec);
    }
  }
}

// vector -> values -> vector -> values: the same pose, and for affine elements the same vector.
TEST_P(VectorProgram, GivesThePoseAgain) {
  for (uint64_t seed = 50; seed < 62; ++seed) {
    const Plan plan = random_plan(seed);
    const LoadedCode forward = compiled(plan, Program::kValues, *GetParam());
    const LoadedCode backward = compiled(plan, Program::kVector, *GetParam());
    std::mt19937_64 bits(seed);
    for (int round = 0; round < 8; ++round) {
      const std::vector<float> vec = random_vec(plan, bits);
      const Converted first = values_of(plan, forward, vec);
      const Inverted back = inverted(plan, backward, first.values);
      const Converted again = values_of(plan, forward, back.vec);
      ASSERT_TRUE(first.ok && back.ok && again.ok);
      for (const Operation& operation : plan.operations()) {
        const float* a = &first.values[channel_of(operation)];
        const float* b = &again.values[channel_of(operation)];
        if (const auto* rotation = std::get_if<Rotation>(&operation)) {
          EXPECT_LE(degrees_between(matrix_of(*rotation, a), matrix_of(*rotation, b)),
                    kBoundDegrees);
        } else if (const auto* angle = std::get_if<Angle>(&operation)) {
          EXPECT_LE(degrees_apart(*a, *b, angle->unit), kBoundDegrees);
        } else if (const auto* affine = std::get_if<Affine>(&operation)) {
          // Half a unit in the last place of value and of the element times scale.
          const double element = std::abs(back.vec[affine->input] * double{affine->scale});
          const double apart = 0x1p-23 * (element + std::abs(*a)) + 1e-43;
          // Whole numbers come back unless float32 has not all of them there.
          const bool is_whole = affine->type != ChannelType::kFloat;
          EXPECT_NEAR(*a, *b, is_whole && apart < 0.4 ? 0 : apart + is_whole);
        } else if (std::holds_alternative<OneHot>(operation)) {
          EXPECT_EQ(*a, *b);
        }
      }
    }
  }
}

Plan angle_plan(AngleUnit unit) {
  PlanBuilder builder;
  for (int i = 0; i < 40; ++i) {
    builder.begin_controller("c" + std::to_string(i));
    builder.rotation1d(0, i % 2 == 1, unit);
  }
  return std::move(builder).build();
}

TEST_P(VectorProgram, IsExactAtQuarterTurnsInDegrees) {
  const Plan plan = angle_plan(AngleUnit::kDegrees);
  const LoadedCode code = compiled(plan, Program::kVector, *GetParam());
  std::vector<float> values(40);
  for (const double turns : {0.0, 1.0, 3.0, 1e4, -7.0, 0x1p40, -0x1p60, 0x1p100, -0x1p118}) {
    for (int i = 0; i < 40; ++i) {
      values[i] = static_cast<float>(turns * 360) + 90 * static_cast<float>(i % 9 - 4);
    }
    const Inverted got = inverted(plan, code, values);
    ASSERT_TRUE(got.ok);
    for (int i = 0; i < 40; ++i) {
      const float sin = got.vec[2 * i + i % 2], cos = got.vec[2 * i + 1 - i % 2];
      const int quarter = static_cast<int>(std::remainder(double{values[i]}, 360.0) / 90) & 3;
      EXPECT_EQ(sin, (std::array{0.0f, 1.0f, 0.0f, -1.0f}[quarter])) << values[i];
      EXPECT_EQ(cos, (std::array{1.0f, 0.0f, -1.0f, 0.0f}[quarter])) << values[i];
      if (cos == 0) {
        EXPECT_FALSE(std::signbit(cos)) << values[i];
      } else {
        EXPECT_EQ(std::signbit(sin), std::signbit(values[i])) << values[i];
      }
    }
  }
}

TEST_P(VectorProgram, TakesAnglesOfAnySize) {
  for (const AngleUnit unit : {AngleUnit::kDegrees, AngleUnit::kRadians}) {
    const Plan plan = angle_plan(unit);
    const LoadedCode code = compiled(plan, Program::kVector, *GetParam());
    std::mt19937_64 bits(8);
    Random random(bits);
    std::vector<float> values(40);
    for (int round = 0; round < 500; ++round) {
      for (float& value : values) {
        value = static_cast<float>(random.sign() * random.log_uniform(1e-44, 3.4e38));
      }
      if (round == 0) values[3] = std::numeric_limits<float>::max();
      const Inverted got = inverted(plan, code, values);
      ASSERT_TRUE(got.ok);
      const std::vector<double> truth = evaluate_vector(plan, values);
      for (size_t i = 0; i < truth.size(); ++i) {
        ASSERT_NEAR(got.vec[i], truth[i], 1.2e-7) << values[i / 2];
      }
    }
  }
}

TEST_P(VectorProgram, RefusesWhatTheDiagnosisNames) {
  RandomPlanOptions options;
  options.controllers = 40;
  const Plan plan = random_plan(3, options);
  const LoadedCode code = compiled(plan, Program::kVector, *GetParam());
  std::mt19937_64 bits(5);
  const std::vector<float> good = random_values(plan, bits);
  for (const Operation& operation : plan.operations()) {
    const uint32_t channel = channel_of(operation);
    const auto* rotation = std::get_if<Rotation>(&operation);
    const bool is_constant = std::holds_alternative<Constant>(operation);
    for (uint32_t k = 0; k < (rotation ? rotation->channel_count() : 1); ++k) {
      for (const float bad : {kNan, kInfinity, -kInfinity}) {
        std::vector<float> values = good;
        values[channel + k] = bad;
        EXPECT_EQ(inverted(plan, code, values).ok, is_constant) << channel + k << " " << bad;
        EXPECT_EQ(diagnose_values(plan, values).empty(), is_constant);
      }
    }
    if (plan.types()[channel] != ChannelType::kFloat) {
      const Limits limits = whole_limits(operation);
      for (const float bad : {limits.min - 2, limits.max + 2, limits.min + 0.5f}) {
        if (bad == limits.min) continue;
        std::vector<float> values = good;
        values[channel] = bad;
        EXPECT_FALSE(inverted(plan, code, values).ok) << channel << " " << bad;
        EXPECT_EQ(diagnose_values(plan, values).size(), 1u);
      }
      continue;
    }
    std::vector<float> values = good;
    if (rotation && rotation->output == RotationOutput::kQuaternion) {
      std::fill_n(&values[channel], 4, -0.0f);
      EXPECT_FALSE(inverted(plan, code, values).ok);
      EXPECT_EQ(diagnose_values(plan, values).at(0).code, "zero-quaternion");
    }
    if (const auto* affine = std::get_if<Affine>(&operation);
        affine && std::abs(affine->scale) < 0.1f) {
      values[channel] = 3e38f;
      EXPECT_FALSE(inverted(plan, code, values).ok);
      EXPECT_EQ(diagnose_values(plan, values).at(0).code, "overflow");
    }
  }
}

// With a center this far from 0, (1 - center) / scale in float32 gives 0 or 8.
TEST_P(VectorProgram, OfABoolGivesTheBoolAgain) {
  for (const float center : {0.0f, 0.5f, -3.0f, 1e4f, -16777217.0f, 1e8f, -1e8f}) {
    for (const float scale : {1.0f, -1.0f, 0.3f, -7.0f, 1e-3f}) {
      PlanBuilder builder;
      builder.begin_controller("c");
      builder.bool_attribute("on", scale, center);
      const Plan plan = std::move(builder).build();
      const LoadedCode forward = compiled(plan, Program::kValues, *GetParam());
      const LoadedCode backward = compiled(plan, Program::kVector, *GetParam());
      for (const float value : {0.0f, 1.0f}) {
        const Inverted back = inverted(plan, backward, {value});
        ASSERT_TRUE(back.ok);
        EXPECT_EQ(values_of(plan, forward, back.vec).values[0], value) << scale << " " << center;
      }
    }
  }
}

TEST_P(VectorProgram, RefusesABoolThatNoInputGives) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.bool_attribute("on", 1e-45f, 0);
  const Plan plan = std::move(builder).build();
  const LoadedCode code = compiled(plan, Program::kVector, *GetParam());
  EXPECT_TRUE(inverted(plan, code, {0}).ok);
  EXPECT_FALSE(inverted(plan, code, {1}).ok);
  EXPECT_EQ(diagnose_values(plan, std::vector<float>{1}).at(0).code, "overflow");
}

TEST_P(VectorProgram, OfAOneHotEnumHasOneOne) {
  for (const uint32_t count : {1u, 3u, 16u, 17u, 130u}) {
    std::vector<std::string> names;
    for (uint32_t i = 0; i < count; ++i) names.push_back("n" + std::to_string(i));
    PlanBuilder builder;
    builder.begin_controller("c");
    builder.translation(0, 2, 1);
    builder.one_hot_attribute("space", names);
    builder.translation(1, 1, 0);
    const Plan plan = std::move(builder).build();
    const LoadedCode code = compiled(plan, Program::kVector, *GetParam());
    for (uint32_t index = 0; index < count; ++index) {
      const Inverted back = inverted(plan, code, {7, static_cast<float>(index), -2});
      ASSERT_TRUE(back.ok);
      std::vector<float> expected(count + 2, 0);
      expected.front() = 3;
      expected[1 + index] = 1;
      expected.back() = -2;
      EXPECT_EQ(back.vec, expected);
    }
    EXPECT_FALSE(inverted(plan, code, {7, static_cast<float>(count), -2}).ok);
    EXPECT_FALSE(inverted(plan, code, {7, -1, -2}).ok);
  }
}

TEST_P(VectorProgram, WritesEqualBytesOnTargetsWithFma) {
  RandomPlanOptions options;
  options.controllers = 60;
  const Plan plan = random_plan(70, options);
  if (!GetParam()->has_fma) GTEST_SKIP() << "this target rounds twice";
  const LoadedCode here = compiled(plan, Program::kVector, *GetParam());
  const LoadedCode best = compiled(plan, Program::kVector, host_target());
  std::mt19937_64 bits(9);
  for (int round = 0; round < 50; ++round) {
    const std::vector<float> values = random_values(plan, bits);
    const Inverted a = inverted(plan, here, values), b = inverted(plan, best, values);
    ASSERT_EQ(memcmp(a.vec.data(), b.vec.data(), 4 * a.vec.size()), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, VectorProgram, ::testing::ValuesIn(runnable_targets()),
                         name_of_target);

}  // namespace
}  // namespace rigjit::testing
