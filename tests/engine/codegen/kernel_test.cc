// Kernels against the reference evaluator on seeded random plans, for every target that this
// machine runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <set>

#include "compiled.h"
#include "engine/random_plan.h"
#include "reference/reference.h"
#include "rotation_compare.h"

namespace rigjit::testing {
namespace {

uint32_t bits_of(float x) { return std::bit_cast<uint32_t>(x); }

bool is_clamped(const Rotation& rotation) {
  return std::ranges::any_of(rotation.limits, &Limits::any);
}

// Affine values, indices and constants bit for bit; angles and rotations within the bound.
void expect_near_reference(const Plan& plan, const std::vector<float>& vec,
                           const std::vector<float>& values) {
  const std::vector<double> truth = evaluate(plan, vec);
  for (const Operation& operation : plan.operations()) {
    const uint32_t channel = channel_of(operation);
    const auto* rotation = std::get_if<Rotation>(&operation);
    if (rotation && is_clamped(*rotation)) {
      // What a clamp leaves of an orientation depends on the triple of angles that is chosen for
      // it: see ClampsEulerAngles.
      for (uint32_t i = 0; i < 3; ++i) {
        EXPECT_GE(values[channel + i], rotation->limits[i].min);
        EXPECT_LE(values[channel + i], rotation->limits[i].max);
      }
    } else if (rotation) {
      EXPECT_LE(degrees_between(matrix_of(*rotation, &values[channel]),
                                matrix_of(*rotation, &truth[channel])),
                kBoundDegrees);
    } else if (const auto* angle = std::get_if<Angle>(&operation)) {
      EXPECT_LE(degrees_apart(values[channel], truth[channel], angle->unit), kBoundDegrees);
    } else {
      EXPECT_EQ(bits_of(values[channel]), bits_of(static_cast<float>(truth[channel])))
          << plan.attributes()[channel] << " " << values[channel] << " " << truth[channel];
    }
  }
}

class Kernel : public ::testing::TestWithParam<const Target*> {};

TEST_P(Kernel, AgreesWithReferenceOnRandomPlans) {
  for (uint64_t seed = 0; seed < 24; ++seed) {
    RandomPlanOptions options;
    options.controllers =
        seed < 8 ? static_cast<uint32_t>(seed) + 1 : static_cast<uint32_t>(seed * seed);
    const Plan plan = random_plan(seed, options);
    const auto layout = message_layout(plan);
    ASSERT_TRUE(layout.ok());
    const LoadedCode message = compiled(plan, Program::kMessage, *GetParam());
    const LoadedCode values = compiled(plan, Program::kValues, *GetParam());
    std::mt19937_64 bits(seed);
    for (int round = 0; round < 8; ++round) {
      const std::vector<float> vec = random_vec(plan, bits);
      const Converted got = values_of(plan, values, vec);
      ASSERT_TRUE(got.ok) << "seed " << seed;
      expect_near_reference(plan, vec, got.values);
      std::vector<uint8_t> bytes(layout->bytes.size(), 0xee);
      ASSERT_EQ(message(vec.data(), bytes.data()), 0u);
      ASSERT_EQ(bytes, message_with(plan, *layout, got.values)) << "seed " << seed;
    }
  }
}

// One operation a controller, and controllers of every number of attributes around the vector
// widths.
TEST_P(Kernel, WritesEveryNumberOfValues) {
  for (uint32_t count = 1; count <= 70; ++count) {
    PlanBuilder builder;
    builder.begin_controller("c");
    for (uint32_t i = 0; i < count; ++i) {
      builder.attribute(std::string(1 + i % 5, 'k') + std::to_string(i), 2, static_cast<float>(i),
                        -1e9f, 1e9f);
    }
    const Plan plan = std::move(builder).build();
    const auto layout = message_layout(plan);
    std::vector<float> vec(count), expected(count);
    for (uint32_t i = 0; i < count; ++i) {
      vec[i] = static_cast<float>(i) * 0.25f - 3;
      expected[i] = 2 * vec[i] + static_cast<float>(i);
    }
    std::vector<uint8_t> bytes(layout->bytes.size());
    ASSERT_EQ(compiled(plan, Program::kMessage, *GetParam())(vec.data(), bytes.data()), 0u);
    EXPECT_EQ(bytes, message_with(plan, *layout, expected)) << count;
    const Converted got = values_of(plan, compiled(plan, Program::kValues, *GetParam()), vec);
    EXPECT_TRUE(got.ok);
    EXPECT_EQ(got.values, expected) << count;
  }
}

// Larger than a segment by itself, so that it is cut inside the controller.
TEST_P(Kernel, WritesControllerOfThousandsOfAttributes) {
  PlanBuilder builder;
  builder.begin_controller("first");
  builder.translation(0, 1, 0);
  builder.begin_controller("large");
  for (uint32_t i = 0; i < 5000; ++i) {
    builder.attribute("a" + std::to_string(i), 1, 0, -1e9f, 1e9f);
    if (i % 1000 == 7) builder.constant("fixed" + std::to_string(i), -0.0f);
  }
  const Plan plan = std::move(builder).build();
  const auto layout = message_layout(plan);
  std::vector<float> vec(plan.input_count());
  for (size_t i = 0; i < vec.size(); ++i) vec[i] = static_cast<float>(i);
  std::vector<uint8_t> bytes(layout->bytes.size());
  ASSERT_EQ(compiled(plan, Program::kMessage, *GetParam())(vec.data(), bytes.data()), 0u);
  const Converted got = values_of(plan, compiled(plan, Program::kValues, *GetParam()), vec);
  expect_near_reference(plan, vec, got.values);
  EXPECT_EQ(bytes, message_with(plan, *layout, got.values));
}

// Whatever diagnose() blames, in whatever element, both programs refuse; and nothing else.
TEST_P(Kernel, RefusesBadNumbers) {
  RandomPlanOptions options;
  options.controllers = 40;
  const Plan plan = random_plan(3, options);
  const LoadedCode message = compiled(plan, Program::kMessage, *GetParam());
  const LoadedCode values = compiled(plan, Program::kValues, *GetParam());
  std::vector<uint8_t> bytes(message_layout(plan)->bytes.size());
  std::mt19937_64 bits(5);
  const std::vector<float> good = random_vec(plan, bits, VectorKind::kOrdinary);
  std::set<uint32_t> one_hot_inputs;  // which may be infinite
  for (const Operation& operation : plan.operations()) {
    const auto* op = std::get_if<OneHot>(&operation);
    for (uint32_t k = 0; op && k < op->count; ++k) one_hot_inputs.insert(op->input + k);
  }
  for (size_t i = 0; i < good.size(); ++i) {
    for (float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
          -std::numeric_limits<float>::infinity()}) {
      std::vector<float> vec = good;
      if (std::isinf(bad) && one_hot_inputs.contains(static_cast<uint32_t>(i))) continue;
      vec[i] = bad;
      EXPECT_FALSE(values_of(plan, values, vec).ok) << i << " " << bad;
      EXPECT_NE(message(vec.data(), bytes.data()), 0u) << i << " " << bad;
    }
  }
  for (const Operation& operation : plan.operations()) {
    const auto* rotation = std::get_if<Rotation>(&operation);
    const auto* angle = std::get_if<Angle>(&operation);
    if (!rotation && !angle) continue;
    std::vector<float> vec = good;
    const uint32_t input = rotation ? rotation->input : angle->input;
    std::fill_n(&vec[input], rotation ? 6 : 2, 0.0f);
    EXPECT_FALSE(values_of(plan, values, vec).ok);
    EXPECT_FALSE(diagnose(plan, vec).empty());
    if (!rotation) continue;
    std::fill_n(&vec[input], 6, 0.75f);  // parallel
    EXPECT_FALSE(values_of(plan, values, vec).ok);
    EXPECT_FALSE(diagnose(plan, vec).empty());
  }
}

// Around the bound on the sine, kernel and diagnose() say the same of every lane.
TEST_P(Kernel, SharesThePredicateOfParallelColumns) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.rotation3d(RotateOrder::kXYZ, Rot6dLayout::kColumns, AngleUnit::kDegrees,
                     RotationOutput::kEuler);
  const Plan plan = std::move(builder).build();
  const LoadedCode code = compiled(plan, Program::kValues, *GetParam());
  std::mt19937_64 bits(9);
  std::uniform_real_distribution<double> unit(-1, 1);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<float> vec(6);
    for (int k = 0; k < 3; ++k) {
      const double a = unit(bits);
      vec[k] = static_cast<float>(a);
      vec[3 + k] = static_cast<float>(a * 3 + unit(bits) * 6e-6);
    }
    const bool ok = values_of(plan, code, vec).ok;
    refused += !ok;
    if (GetParam()->has_fma) {
      ASSERT_EQ(ok, diagnose(plan, vec).empty());
    }
  }
  EXPECT_GT(refused, 2000);
  EXPECT_LT(refused, 18000);
}

TEST_P(Kernel, WritesConstantsAlone) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.constant("IK_FK", 1);
  builder.constant("zero", -0.0f);
  const Plan plan = std::move(builder).build();
  const Converted got = values_of(plan, compiled(plan, Program::kValues, *GetParam()), {});
  EXPECT_TRUE(got.ok);
  EXPECT_EQ(got.values[0], 1);
  EXPECT_EQ(bits_of(got.values[1]), 0x80000000u);
  const auto layout = message_layout(plan);
  std::vector<uint8_t> bytes(layout->bytes.size());
  ASSERT_EQ(compiled(plan, Program::kMessage, *GetParam())(nullptr, bytes.data()), 0u);
  EXPECT_EQ(bytes, layout->bytes);
}

TEST_P(Kernel, RefusesOverflow) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.attribute("clamped", 1e30f, 0, 0, 1);
  const Plan plan = std::move(builder).build();
  const LoadedCode code = compiled(plan, Program::kValues, *GetParam());
  EXPECT_FALSE(values_of(plan, code, {1e10f}).ok);
  EXPECT_TRUE(values_of(plan, code, {1e5f}).ok);
}

INSTANTIATE_TEST_SUITE_P(Targets, Kernel, ::testing::ValuesIn(runnable_targets()), name_of_target);

// Numbers do not depend on the machine of a farm that converted them.
TEST(KernelTargets, WriteEqualBytesWithFma) {
  RandomPlanOptions options;
  options.controllers = 60;
  const Plan plan = random_plan(17, options);
  std::mt19937_64 bits(1);
  std::vector<std::vector<float>> vecs;
  for (int i = 0; i < 200; ++i) vecs.push_back(random_vec(plan, bits));
  std::vector<std::vector<uint8_t>> expected;
  for (const Target* target : runnable_targets()) {
    if (!target->has_fma) continue;
    const LoadedCode code = compiled(plan, Program::kMessage, *target);
    std::vector<std::vector<uint8_t>> messages;
    for (const auto& vec : vecs) {
      std::vector<uint8_t> bytes(message_layout(plan)->bytes.size());
      ASSERT_EQ(code(vec.data(), bytes.data()), 0u);
      messages.push_back(bytes);
    }
    if (expected.empty()) expected = messages;
    EXPECT_EQ(messages, expected) << target->name;
  }
}

}  // namespace
}  // namespace rigjit::testing
