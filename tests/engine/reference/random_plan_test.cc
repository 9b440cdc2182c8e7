#include "engine/random_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "reference/reference.h"

namespace rigjit::testing {
namespace {

TEST(RandomPlan, HasOneOfEverything) {
  const Plan plan = random_plan(1, {.controllers = 2000});
  ASSERT_EQ(plan.controllers().size(), 2000u);
  std::set<int> operations;
  std::set<TransformationKind> kinds;
  std::set<std::tuple<RotateOrder, Rot6dLayout, RotationOutput>> rotations;
  for (const Operation& operation : plan.operations()) {
    operations.insert(static_cast<int>(operation.index()));
    const auto* rotation = std::get_if<Rotation>(&operation);
    if (rotation == nullptr) continue;
    rotations.insert({rotation->order, rotation->layout, rotation->output});
  }
  for (const Input& input : plan.inputs()) kinds.insert(input.transformation);
  EXPECT_EQ(operations.size(), 5u);
  EXPECT_EQ(std::set(plan.types().begin(), plan.types().end()).size(), 4u);
  EXPECT_EQ(kinds.size(), 5u);
  EXPECT_EQ(rotations.size(), 36u);
  EXPECT_TRUE(std::ranges::any_of(plan.attributes(), [](auto& a) { return a.size() > 255; }));
}

TEST(RandomPlan, NamesAreUnique) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    std::set<std::pair<std::string, std::string>> names;
    const Plan plan = random_plan(seed, {.controllers = 50});
    for (const Channel& c : plan.channels()) names.insert({c.controller, c.attribute});
    EXPECT_EQ(names.size(), plan.channel_count());
  }
}

TEST(RandomVec, IsAlwaysFine) {
  std::mt19937_64 bits(1);
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Plan plan = random_plan(seed);
    for (uint8_t kind = 0; kind <= static_cast<uint8_t>(VectorKind::kMixed); ++kind) {
      for (int i = 0; i < 10; ++i) {
        const auto vec = random_vec(plan, bits, static_cast<VectorKind>(kind));
        ASSERT_EQ(vec.size(), plan.input_count());
        const Errors errors = diagnose(plan, vec);
        ASSERT_TRUE(errors.empty()) << to_string(errors);
        const std::vector<double> values = evaluate(plan, vec);
        ASSERT_TRUE(std::ranges::all_of(values, [](double x) { return std::isfinite(x); }));
      }
    }
  }
}

}  // namespace
}  // namespace rigjit::testing
