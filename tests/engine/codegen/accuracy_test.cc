// Rotations and angles against the double-precision reference, in every order, layout and unit.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <string>

#include "compiled.h"
#include "engine/random.h"
#include "reference/degenerate.h"
#include "reference/reference.h"
#include "rotation_compare.h"

namespace rigjit::testing {
namespace {

constexpr uint32_t kRotations = 36;  // every order, layout and unit; more than two groups of lanes
using Element6 = std::array<double, 6>;

Matrix3 rounded(Matrix3 m) {
  for (auto& row : m)
    for (double& x : row) x = std::round(x);
  return m;
}

// Turns about the rotation's axes with the middle one given by its cosine and sine.
Matrix3 with_middle(const Rotation& rotation, Random& random, double cosine, double sine) {
  const auto axes = axes_of(rotation.order);
  const double pi = std::numbers::pi;
  return axis_rotation(axes[2], random.uniform(-pi, pi)) * axis_rotation(axes[1], cosine, sine) *
         axis_rotation(axes[0], random.uniform(-pi, pi));
}

struct Case {
  const char* name;
  std::function<Element6(const Rotation&, Random&)> make;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"random",
       [](const Rotation&, Random& g) {
         return Element6{g.normal(), g.normal(), g.normal(), g.normal(), g.normal(), g.normal()};
       }},
      {"near_lock",
       [](const Rotation& r, Random& g) {
         const double cosine = g.log_uniform(1e-7, 1e-2);
         const Matrix3 m = with_middle(r, g, cosine, g.sign() * std::sqrt(1 - cosine * cosine));
         return rot6d(m, r.layout, g.log_uniform(1e-30, 1e30), g.log_uniform(1e-30, 1e30));
       }},
      {"exact_lock",  // of the rotations by quarter turns, some lock in every order
       [](const Rotation& r, Random& g) {
         const double quarter = std::numbers::pi / 2;
         const auto turn = [&] {
           return axis_rotation(static_cast<int>(g.below(3)), quarter * g.below(4));
         };
         return rot6d(rounded(turn() * turn()), r.layout);
       }},
      {"lengths",
       [](const Rotation& r, Random& g) {
         const Matrix3 m = with_middle(r, g, 0.6, 0.8);
         return rot6d(m, r.layout, g.log_uniform(1e-42, 3e38), g.log_uniform(1e-42, 3e38));
       }},
      {"near_parallel_near_lock",
       [](const Rotation& r, Random& g) {
         const double cosine = g.log_uniform(1e-7, 1);
         Element6 e = rot6d(with_middle(r, g, cosine, std::sqrt(1 - cosine * cosine)), r.layout);
         const double mix = g.sign() * g.log_uniform(1e-2, 5e5);
         for (int k = 0; k < 3; ++k) {
           if (r.layout == Rot6dLayout::kInterleaved) {
             e[2 * k + 1] += mix * e[2 * k];
           } else {
             e[3 + k] += mix * e[k];
           }
         }
         return e;
       }},
  };
  return all;
}

Plan rotations_plan(bool mixed, uint32_t index, RotationOutput output) {
  PlanBuilder builder;
  for (uint32_t i = 0; i < kRotations; ++i) {
    const uint32_t which = mixed ? i : index;
    builder.begin_controller("c" + std::to_string(i));
    builder.rotation3d(static_cast<RotateOrder>(which % 6), static_cast<Rot6dLayout>(which / 6 % 3),
                       static_cast<AngleUnit>(which / 18 % 2), output);
  }
  return std::move(builder).build();
}

// A vector of the case in which nothing is degenerate.
std::vector<float> draw(const Plan& plan, const Case& test_case, Random& random) {
  std::vector<float> vec(plan.input_count());
  for (const Operation& operation : plan.operations()) {
    const auto& rotation = std::get<Rotation>(operation);
    float* element = &vec[rotation.input];
    bool degenerate = true;
    while (degenerate) {
      const Element6 drawn = test_case.make(rotation, random);
      for (int k = 0; k < 6; ++k) element[k] = static_cast<float>(drawn[k]);
      const float columns[2][3] = {{element[0], element[1], element[2]},
                                   {element[3], element[4], element[5]}};
      const float pairs[2][3] = {{element[0], element[2], element[4]},
                                 {element[1], element[3], element[5]}};
      const auto& a = rotation.layout == Rot6dLayout::kInterleaved ? pairs : columns;
      degenerate = rot6d_is_degenerate(a[0], a[1]);
    }
  }
  return vec;
}

void check_ranges(const Rotation& rotation, const float* values) {
  if (rotation.output == RotationOutput::kQuaternion) {
    EXPECT_GE(values[0], 0);
    return;
  }
  const float half_turn = static_cast<float>(180 / degrees_per(rotation.unit));
  const int middle = axes_of(rotation.order)[1];
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_LE(std::abs(values[axis]), axis == middle ? half_turn / 2 : half_turn);
  }
}

void compare(const Plan& plan, const LoadedCode& code, const Case& test_case, int rounds) {
  std::mt19937_64 bits(20240611);
  Random random(bits);
  for (int round = 0; round < rounds; ++round) {
    const std::vector<float> vec = draw(plan, test_case, random);
    const std::vector<double> truth = evaluate(plan, vec);
    const Converted got = values_of(plan, code, vec);
    ASSERT_TRUE(got.ok) << test_case.name;
    for (const Operation& operation : plan.operations()) {
      const auto& rotation = std::get<Rotation>(operation);
      const float* values = &got.values[rotation.channel];
      const double error = degrees_between(matrix_of(rotation, values),
                                           matrix_of(rotation, &truth[rotation.channel]));
      ASSERT_LE(error, kBoundDegrees)
          << test_case.name << " order " << int(rotation.order) << " layout "
          << int(rotation.layout) << " unit " << int(rotation.unit);
      check_ranges(rotation, values);
    }
  }
}

class Accuracy : public ::testing::TestWithParam<const Target*> {};

TEST_P(Accuracy, EulerOfMixedVariants) {
  const Plan plan = rotations_plan(true, 0, RotationOutput::kEuler);
  const LoadedCode code = compiled(plan, Program::kValues, *GetParam());
  for (const Case& test_case : cases()) compare(plan, code, test_case, 60);
}

TEST_P(Accuracy, EulerOfOneVariant) {
  for (uint32_t index = 0; index < 36; ++index) {
    const Plan plan = rotations_plan(false, index, RotationOutput::kEuler);
    const LoadedCode code = compiled(plan, Program::kValues, *GetParam());
    for (const Case& test_case : cases()) compare(plan, code, test_case, 20);
  }
}

TEST_P(Accuracy, Quaternions) {
  for (uint32_t index : {0u, 6u, 12u}) {
    const Plan plan = rotations_plan(false, index, RotationOutput::kQuaternion);
    const LoadedCode code = compiled(plan, Program::kValues, *GetParam());
    for (const Case& test_case : cases()) compare(plan, code, test_case, 30);
  }
  const Plan plan = rotations_plan(true, 0, RotationOutput::kQuaternion);
  const LoadedCode code = compiled(plan, Program::kValues, *GetParam());
  for (const Case& test_case : cases()) compare(plan, code, test_case, 30);
}

TEST_P(Accuracy, LastAppliedAxisIsZeroAtLock) {
  const Plan plan = rotations_plan(true, 0, RotationOutput::kEuler);
  const LoadedCode code = compiled(plan, Program::kValues, *GetParam());
  std::mt19937_64 bits(7);
  Random random(bits);
  const Case at_lock = {
      "at_lock", [](const Rotation& r, Random& g) {
        const auto axes = axes_of(r.order);
        return rot6d(axis_rotation(axes[1], 0, g.sign()) * axis_rotation(axes[0], g.uniform(-3, 3)),
                     r.layout);
      }};
  for (int round = 0; round < 10; ++round) {
    const Converted got = values_of(plan, code, draw(plan, at_lock, random));
    ASSERT_TRUE(got.ok);
    for (const Operation& operation : plan.operations()) {
      const auto& r = std::get<Rotation>(operation);
      EXPECT_EQ(got.values[r.channel + axes_of(r.order)[2]], 0)
          << int(r.order) << " " << int(r.layout);
    }
  }
}

TEST_P(Accuracy, AnglesOfAnyLength) {
  PlanBuilder builder;
  for (uint32_t i = 0; i < 20; ++i) {
    builder.begin_controller("c" + std::to_string(i));
    builder.rotation1d(i % 3, i % 2 == 1, static_cast<AngleUnit>(i / 2 % 2));
  }
  const Plan plan = std::move(builder).build();
  const LoadedCode code = compiled(plan, Program::kValues, *GetParam());
  std::mt19937_64 bits(11);
  Random random(bits);
  for (int round = 0; round < 2000; ++round) {
    std::vector<float> vec(plan.input_count());
    for (float& x : vec) {
      x = random.chance(0.1) ? 0.0f
                             : static_cast<float>(random.sign() * random.log_uniform(1e-45, 3e38));
    }
    if (!diagnose(plan, vec).empty()) continue;
    const std::vector<double> truth = evaluate(plan, vec);
    const Converted got = values_of(plan, code, vec);
    ASSERT_TRUE(got.ok);
    for (const Operation& operation : plan.operations()) {
      const auto& angle = std::get<Angle>(operation);
      ASSERT_LE(degrees_apart(got.values[angle.channel], truth[angle.channel], angle.unit),
                kBoundDegrees)
          << vec[angle.input] << " " << vec[angle.input + 1];
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Accuracy, ::testing::ValuesIn(runnable_targets()),
                         name_of_target);

}  // namespace
}  // namespace rigjit::testing
