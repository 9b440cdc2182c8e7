// Which elements are carried; that their values agree is tested in tests/bindings/test_remap.py.
#include "rigjit/remap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/random_plan.h"
#include "plan/plan.h"
#include "reference/reference.h"

namespace rigjit::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr float kInf = std::numeric_limits<float>::infinity();

Plan rotation(Rot6dLayout layout, RotateOrder order = RotateOrder::kXYZ,
              AngleUnit unit = AngleUnit::kDegrees,
              RotationOutput output = RotationOutput::kEuler) {
  PlanBuilder builder;
  builder.begin_controller("head");
  builder.rotation3d(order, layout, unit, output);
  return std::move(builder).build();
}

TEST(Remap, OfOnePlanIsTheIdentity) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Plan plan = random_plan(seed);
    const Remap map = remap(plan, plan);
    ASSERT_EQ(map.inputs.size(), plan.input_count());
    for (uint32_t i = 0; i < plan.input_count(); ++i) EXPECT_EQ(map.inputs[i], i);
    ASSERT_EQ(map.channels.size(), plan.channel_count());
    for (uint32_t i = 0; i < plan.channel_count(); ++i) EXPECT_EQ(map.channels[i], i);
    EXPECT_THAT(map.gain, Each(1.0));
    EXPECT_THAT(map.bias, Each(0.0));
    EXPECT_EQ(map.fill, rest_vec(plan));
    EXPECT_TRUE(map.not_carried.empty());
  }
}

TEST(Remap, LayoutsOfColumnsArePermutations) {
  EXPECT_THAT(remap(rotation(Rot6dLayout::kColumns), rotation(Rot6dLayout::kInterleaved)).inputs,
              ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(remap(rotation(Rot6dLayout::kInterleaved), rotation(Rot6dLayout::kColumns)).inputs,
              ElementsAre(0, 2, 4, 1, 3, 5));
}

TEST(Remap, RowsAreNotColumns) {
  for (const Rot6dLayout layout : {Rot6dLayout::kColumns, Rot6dLayout::kInterleaved}) {
    for (const bool to_rows : {true, false}) {
      const Plan a = rotation(to_rows ? layout : Rot6dLayout::kRows);
      const Plan b = rotation(to_rows ? Rot6dLayout::kRows : layout);
      const Remap map = remap(a, b);
      EXPECT_THAT(map.inputs, Each(-1));
      EXPECT_EQ(map.fill, rest_vec(b));
      ASSERT_EQ(map.not_carried.size(), 1u);
      EXPECT_EQ(map.not_carried[0].controller, "head");
      EXPECT_THAT(map.not_carried[0].attributes, ElementsAre("rotateX", "rotateY", "rotateZ"));
      EXPECT_THAT(map.not_carried[0].reason, HasSubstr("rows"));
      EXPECT_THAT(map.channels, ElementsAre(0, 1, 2));
    }
  }
}

TEST(Remap, ChannelsMeanTheSameNumber) {
  const Plan plan = rotation(Rot6dLayout::kColumns);
  for (const Plan& other : {rotation(Rot6dLayout::kColumns, RotateOrder::kZXY),
                            rotation(Rot6dLayout::kColumns, RotateOrder::kXYZ, AngleUnit::kRadians),
                            rotation(Rot6dLayout::kColumns, RotateOrder::kXYZ, AngleUnit::kDegrees,
                                     RotationOutput::kQuaternion)}) {
    const Remap map = remap(plan, other);
    EXPECT_THAT(map.channels, Each(-1));
    EXPECT_THAT(map.inputs, ElementsAre(0, 1, 2, 3, 4, 5));
  }
}

TEST(Remap, SineAndCosineMayChangePlaces) {
  PlanBuilder a;
  a.begin_controller("c");
  a.rotation1d(0, false, AngleUnit::kDegrees);
  a.rotation1d(1, false, AngleUnit::kDegrees);
  PlanBuilder b;
  b.begin_controller("c");
  b.rotation1d(1, true, AngleUnit::kDegrees);
  b.rotation1d(0, false, AngleUnit::kDegrees);
  const Remap map = remap(std::move(a).build(), std::move(b).build());
  EXPECT_THAT(map.inputs, ElementsAre(3, 2, 0, 1));
  EXPECT_THAT(map.channels, ElementsAre(1, 0));
}

TEST(Remap, CoefficientsAndKindsOfAffineValues) {
  PlanBuilder a;
  a.begin_controller("c");
  a.translation(0, 6, 1);
  a.constant("IK_FK", 0.75f);
  a.rotation1d(2, false, AngleUnit::kDegrees);
  PlanBuilder b;
  b.begin_controller("c");
  b.attribute("translateX", 3, -2, -kInf, kInf);
  b.attribute("IK_FK", 0.5f, 0.5f, 0, 1);
  b.attribute("rotateZ", 1, 0, -kInf, kInf);
  b.begin_controller("new");
  b.scale(1, 2, 0);
  const Remap map = remap(std::move(a).build(), std::move(b).build());
  EXPECT_EQ(map.old_vec_size, 3u);
  EXPECT_THAT(map.inputs, ElementsAre(0, -1, -1, -1));
  EXPECT_THAT(map.gain, ElementsAre(2, 0, 0, 0));
  EXPECT_THAT(map.bias, ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(map.fill, ElementsAre(::testing::_, 0.5f, 0, 0.5f));
  EXPECT_THAT(map.channels, ElementsAre(0, 1, 2, -1));
  ASSERT_EQ(map.not_carried.size(), 3u);
  EXPECT_THAT(map.not_carried[0].reason, HasSubstr("was constant"));
  EXPECT_THAT(map.not_carried[1].reason, HasSubstr("was rotation1d"));
  EXPECT_THAT(map.not_carried[2].reason, HasSubstr("nothing of this name"));
}

}  // namespace
}  // namespace rigjit::testing
