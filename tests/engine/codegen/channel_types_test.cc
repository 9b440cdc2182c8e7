// Bools, whole numbers, enums and limits in every program and on every target that this machine
// runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "compiled.h"
#include "engine/plan/sample_plan.h"
#include "engine/rotation_math.h"
#include "reference/reference.h"

namespace rigjit::testing {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class ChannelTypes : public ::testing::TestWithParam<const Target*> {
 protected:
  static const Target& target() { return *GetParam(); }

  // The values, once both programs say that the vector is fine and the message holds them.
  static std::vector<float> values(const Plan& plan, const std::vector<float>& vec) {
    const Converted got = values_of(plan, compiled(plan, Program::kValues, target()), vec);
    EXPECT_TRUE(got.ok);
    EXPECT_TRUE(diagnose(plan, vec).empty());
    const auto layout = message_layout(plan);
    std::vector<uint8_t> bytes(layout->bytes.size(), 0xee);
    EXPECT_EQ(compiled(plan, Program::kMessage, target())(vec.data(), bytes.data()), 0u);
    EXPECT_EQ(bytes, message_with(plan, *layout, got.values));
    return got.values;
  }

  // Both programs refuse the vector; what diagnose() says of it.
  static Errors refusal(const Plan& plan, const std::vector<float>& vec) {
    EXPECT_FALSE(values_of(plan, compiled(plan, Program::kValues, target()), vec).ok);
    std::vector<uint8_t> bytes(message_layout(plan)->bytes.size());
    EXPECT_NE(compiled(plan, Program::kMessage, target())(vec.data(), bytes.data()), 0u);
    return diagnose_refused(plan, vec);
  }
};

std::vector<float> difficult_numbers() {
  std::vector<float> numbers = {0.0f,        -0.0f,        1e-40f,      0.49999997f, -0.49999997f,
                                0.50000006f, 8388607.5f,   -8388607.5f, 8388606.5f,  8388609.0f,
                                16777215.0f, -16777215.0f, 16777216.0f, 1e10f,       -3e38f};
  for (int halves = -21; halves <= 21; ++halves) numbers.push_back(static_cast<float>(halves) / 2);
  return numbers;
}

TEST_P(ChannelTypes, IntsRoundHalfToEvenThenKeepTheirLimits) {
  const std::vector<float> vec = difficult_numbers();
  for (const Limits& limits : {Limits{}, Limits{-3, 5}, Limits{0, 127}}) {
    const Plan plan = plan_of([&](PlanBuilder& b) {
      for (size_t i = 0; i < vec.size(); ++i) b.int_attribute(std::to_string(i), 1, 0, limits);
    });
    const std::vector<float> got = values(plan, vec);
    for (size_t i = 0; i < vec.size(); ++i) {
      const double low = std::max<double>(limits.min, -16777216);
      const double high = std::min<double>(limits.max, 16777216);
      EXPECT_EQ(got[i], std::clamp(std::nearbyint(double{vec[i]}), low, high)) << vec[i];
      EXPECT_FALSE(got[i] == 0 && std::signbit(got[i])) << vec[i];
    }
  }
}

// Refused is what rounds to beyond, not what is beyond.
TEST_P(ChannelTypes, IntsAreRefusedAfterRounding) {
  constexpr auto kError = LimitRule::kError;
  for (const Limits& limits : {Limits{-1, 2, kError}, Limits{-2, 1, kError}, Limits{0, 127, kError},
                               Limits{-8388608, 8388607, kError}, Limits{8388608, 16777215, kError},
                               Limits{-16777216, 16777216, kError}}) {
    const Plan plan = plan_of([&](PlanBuilder& b) {
      b.int_attribute("a", 1, 0, limits);
      b.attribute("b", 1, 0, -1, 1);
    });
    const LoadedCode code = compiled(plan, Program::kMessage, target());
    std::vector<uint8_t> bytes(message_layout(plan)->bytes.size());
    for (const float limit : {limits.min, limits.max}) {
      for (const float distance : {-3e9f, -1.0f, -0.5f, 0.0f, 0.5f, 1.0f, 3e9f}) {
        const float near = limit + distance;
        for (const float x : {std::nextafter(near, -kInf), near, std::nextafter(near, kInf)}) {
          const float whole = std::nearbyint(x);
          const bool is_within = whole >= limits.min && whole <= limits.max;
          EXPECT_EQ(code(std::vector<float>{x, 0}.data(), bytes.data()) == 0, is_within) << x;
        }
      }
    }
  }
}

TEST_P(ChannelTypes, BoolsAreTrueFromOneHalfUp) {
  const std::vector<float> vec = difficult_numbers();
  const Plan plan = plan_of([&](PlanBuilder& b) {
    for (size_t i = 0; i < vec.size(); ++i) b.bool_attribute(std::to_string(i), 1, 0);
  });
  const std::vector<float> got = values(plan, vec);
  for (size_t i = 0; i < vec.size(); ++i) EXPECT_EQ(got[i], vec[i] >= 0.5f) << vec[i];
}

// Three bytes a value, so that 16 bytes of the message hold more than four of them.
TEST_P(ChannelTypes, OneByteValuesLieSideBySide) {
  for (uint32_t count = 1; count <= 52; ++count) {
    std::vector<float> vec, expected;
    const Plan plan = plan_of([&](PlanBuilder& b) {
      for (uint32_t i = 0; i < count; ++i) {
        const std::string name(1, static_cast<char>((i < 26 ? 'a' : 'A' - 26) + i));
        vec.push_back(static_cast<float>(i));
        if (i % 7 == 3) {
          b.constant(name, 0.25f);
          vec.pop_back();
          expected.push_back(0.25f);
        } else if (i % 3 == 1) {
          b.bool_attribute(name, 1, -10);
          expected.push_back(i >= 11);
        } else if (i % 11 == 5) {
          b.attribute(name, 1, 0.5f, -kInf, kInf);
          expected.push_back(static_cast<float>(i) + 0.5f);
        } else {
          b.int_attribute(name, 1, 1, {0, 127});
          expected.push_back(static_cast<float>(i + 1));
        }
      }
    });
    EXPECT_EQ(values(plan, vec), expected) << count;
  }
}

TEST_P(ChannelTypes, EnumsAreIndices) {
  const std::vector<std::string> names = {"world", "hand", "chest"};
  const Plan plan = plan_of([&](PlanBuilder& b) {
    b.enum_attribute("index", names, 2, 1, LimitRule::kClamp);
    b.one_hot_attribute("one_hot", names);
    b.translation(0, 1, 0);
  });
  EXPECT_THAT(values(plan, {0.25f, -1, 3, 2, 5}), ::testing::ElementsAre(2, 1, 5));
  EXPECT_THAT(values(plan, {-9, 3, 3, 2, 5}), ::testing::ElementsAre(0, 0, 5));
  EXPECT_THAT(values(plan, {9, -kInf, -kInf, kInf, 5}), ::testing::ElementsAre(2, 2, 5));
  EXPECT_THAT(values(plan, {0, -kInf, -kInf, -kInf, 5}), ::testing::ElementsAre(1, 0, 5));
  for (uint32_t i = 1; i <= 3; ++i) {
    std::vector<float> vec(5, 1.0f);
    vec[i] = kNan;
    const Errors errors = refusal(plan, vec);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].code, "not-finite");
    EXPECT_EQ(errors[0].path, "vec[" + std::to_string(i) + "]");
  }
}

// Of unequal sizes side by side, up to the vector's last float; with ties and infinities.
TEST_P(ChannelTypes, OneHotsOfEverySize) {
  std::mt19937 random(6);
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  for (uint32_t last = 1; last <= 9; ++last) {
    std::vector<uint32_t> counts;
    for (uint32_t i = 0; i < 18 + last; ++i) counts.push_back(1 + below(11));
    counts.push_back(last);
    const Plan plan = plan_of([&](PlanBuilder& b) {
      for (size_t i = 0; i < counts.size(); ++i) {
        std::vector<std::string> names;
        for (uint32_t k = 0; k < counts[i]; ++k) names.push_back(std::to_string(k));
        b.one_hot_attribute("a" + std::to_string(i), names);
      }
    });
    std::vector<float> vec, expected;
    for (const uint32_t count : counts) {
      const size_t first = vec.size();
      for (uint32_t k = 0; k < count; ++k) {
        constexpr std::array<float, 6> kNumbers = {-kInf, kInf, -0.0f, 0.0f, 1.5f, -2};
        vec.push_back(kNumbers[below(kNumbers.size())]);
      }
      const auto begin = vec.begin() + static_cast<std::ptrdiff_t>(first);
      expected.push_back(static_cast<float>(std::max_element(begin, vec.end()) - begin));
    }
    EXPECT_EQ(values(plan, vec), expected) << last;
    for (const size_t i : {size_t{0}, vec.size() / 2, vec.size() - 1}) {
      std::vector<float> bad = vec;
      bad[i] = kNan;
      const Errors errors = refusal(plan, bad);
      ASSERT_EQ(errors.size(), 1u);
      EXPECT_EQ(errors[0].path, "vec[" + std::to_string(i) + "]");
    }
  }
}

// An index beyond 127 is an int32; larger than a lane group, and more than one function.
TEST_P(ChannelTypes, EnumsMayHaveManyNames) {
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) names.push_back(std::to_string(i));
  const Plan plan = plan_of([&](PlanBuilder& b) {
    for (int i = 0; i < 20; ++i) b.one_hot_attribute("a" + std::to_string(i), names);
  });
  std::vector<float> vec(plan.input_count(), 0.0f), expected;
  for (int i = 0; i < 20; ++i) {
    expected.push_back(static_cast<float>(i * 15));
    vec[i * 300 + i * 15] = 1;
  }
  EXPECT_EQ(values(plan, vec), expected);
}

TEST_P(ChannelTypes, LimitsRefuse) {
  constexpr auto kDegrees = AngleUnit::kDegrees;
  constexpr Limits kLimits{-1, 2, LimitRule::kError};
  const Plan plan = plan_of([&](PlanBuilder& b) {
    b.translation(1, 1, 0, kLimits);
    b.attribute("a", 1, 0, -1, 2, LimitRule::kError);
    b.int_attribute("i", 1, 0, kLimits);
    b.enum_attribute("e", {"x", "y", "z"}, 1, 0, LimitRule::kError);
    b.rotation1d(0, false, kDegrees, kLimits);
  });
  const std::vector<float> good = {-1, 2, 2.5f, -0.5f, 0, 1};
  EXPECT_THAT(values(plan, good), ::testing::ElementsAre(-1, 2, 2, 0, 0));
  const std::vector<float> bad = {-1.0001f, 2.0001f, 2.6f, 2.6f, 0.04f};
  const std::vector<std::string> messages = {
      "c.translateY: the value -1.0001 is below the limit -1 (translation input 0, vec[0])",
      "c.a: the value 2.0001 is above the limit 2 (attribute input 0, vec[1])",
      "c.i: the value 3 is above the limit 2 (attribute input 0, vec[2])",
      "c.e: the value 3 is above the limit 2 (attribute input 0, vec[3])",
      "c.rotateX: the value 2.290"};
  for (uint32_t i = 0; i < bad.size(); ++i) {
    std::vector<float> vec = good;
    vec[i] = bad[i];
    const Errors errors = refusal(plan, vec);
    ASSERT_EQ(errors.size(), 1u) << i;
    EXPECT_EQ(errors[0].code, "out-of-limits");
    EXPECT_THAT(errors[0].message, ::testing::StartsWith(messages[i]));
    EXPECT_EQ(errors[0].path, "vec[" + std::to_string(i) + "]");
  }
}

// Angles of float32 next to a limit: whatever the kernel refuses, somebody is to blame.
TEST_P(ChannelTypes, RefusalsAtALimitAreExplained) {
  const Plan plan = plan_of([&](PlanBuilder& b) {
    b.rotation1d(0, false, AngleUnit::kDegrees, {-kInf, 30, LimitRule::kError});
  });
  const LoadedCode code = compiled(plan, Program::kValues, target());
  int refused = 0;
  float sine = 0.5f;
  for (int i = 0; i < 40; ++i) sine = std::nextafter(sine, 0.0f);
  for (int i = 0; i < 80; ++i, sine = std::nextafter(sine, 1.0f)) {
    const std::vector<float> vec = {sine, 0.8660254f};
    if (values_of(plan, code, vec).ok) continue;
    ++refused;
    const Errors errors = diagnose_refused(plan, vec);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].code, "out-of-limits");
  }
  EXPECT_GT(refused, 10);
  EXPECT_LT(refused, 70);
}

TEST_P(ChannelTypes, LimitsOfEulerAngles) {
  const std::array<Limits, 3> clamps = {{{-10, 20}, {}, {-kInf, 5}}};
  for (const auto order : {RotateOrder::kXYZ, RotateOrder::kYZX, RotateOrder::kZYX}) {
    const auto plan_with = [&](const std::array<Limits, 3>& limits) {
      return plan_of([&](PlanBuilder& b) {
        b.rotation3d(order, Rot6dLayout::kColumns, AngleUnit::kDegrees, RotationOutput::kEuler,
                     limits);
      });
    };
    const std::array<Limits, 3> refusing = {{{-10, 20, LimitRule::kError},
                                             {-kInf, kInf, LimitRule::kError},
                                             {-kInf, 5, LimitRule::kError}}};
    for (const double x : {-30.0, 0.0, 15.0, 40.0}) {
      for (const double z : {-50.0, 4.0, 10.0}) {
        constexpr double kRadians = std::numbers::pi / 180;
        const auto six = rot6d(euler_matrix(order, {x * kRadians, 25 * kRadians, z * kRadians}),
                               Rot6dLayout::kColumns);
        const std::vector<float> vec(six.begin(), six.end());
        const std::vector<float> got = values(plan_with(clamps), vec);
        EXPECT_NEAR(got[0], std::clamp(x, -10.0, 20.0), 1e-4);
        EXPECT_NEAR(got[1], 25, 1e-4);
        EXPECT_NEAR(got[2], std::min(z, 5.0), 1e-4);
        if (x < -10 || x > 20 || z > 5) {
          const Errors errors = refusal(plan_with(refusing), vec);
          EXPECT_EQ(errors.size(), size_t{x < -10 || x > 20} + (z > 5));
          EXPECT_EQ(errors[0].code, "out-of-limits");
        } else {
          EXPECT_EQ(values(plan_with(refusing), vec), got);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, ChannelTypes, ::testing::ValuesIn(runnable_targets()),
                         name_of_target);

}  // namespace
}  // namespace rigjit::testing
