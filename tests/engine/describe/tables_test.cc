// The Plan as tables, row by row.
#include "describe/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <utility>

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Tables some_tables() {
  PlanBuilder builder;
  builder.begin_controller("arm");
  builder.translation(1, 25, 0.5, {-1, 2, LimitRule::kError});
  builder.rotation3d(RotateOrder::kZXY, Rot6dLayout::kInterleaved, AngleUnit::kRadians,
                     RotationOutput::kEuler, {Limits{}, Limits{-3, 3, LimitRule::kClamp}, {}});
  builder.one_hot_attribute("space", {"world", "chest", "hand"});
  builder.constant("IK_FK", 1);
  builder.begin_controller("hand");
  builder.rotation1d(2, /*cos_first=*/true, AngleUnit::kDegrees);
  builder.rotation3d(RotateOrder::kXYZ, Rot6dLayout::kRows, AngleUnit::kDegrees,
                     RotationOutput::kQuaternion);
  builder.int_attribute("count", 10, 3, {0, 8, LimitRule::kClamp});
  return tables_of(std::move(builder).build());
}

TEST(Tables, AffineRows) {
  const Tables tables = some_tables();
  ASSERT_THAT(tables.affine, SizeIs(2));
  const Tables::AffineRow& first = tables.affine[0];
  EXPECT_EQ(std::pair(first.input, first.channel), std::pair(0, 0));
  EXPECT_THAT((std::array{first.scale, first.center, first.min, first.max}),
              ElementsAre(25, 0.5, -1, 2));
  EXPECT_TRUE(first.refuses);
  EXPECT_EQ(first.type, ChannelType::kFloat);
  const Tables::AffineRow& count = tables.affine[1];
  EXPECT_EQ(std::pair(count.input, count.channel), std::pair(18, 11));
  EXPECT_EQ(count.type, ChannelType::kInt);
  EXPECT_EQ(count.max, 8);
  EXPECT_FALSE(count.refuses);
}

TEST(Tables, RotationsNameTheirInputsWhateverTheLayout) {
  const Tables tables = some_tables();
  ASSERT_THAT(tables.rotations, SizeIs(2));
  const Tables::RotationRow& euler = tables.rotations[0];
  EXPECT_THAT(euler.a1, ElementsAre(1, 3, 5));
  EXPECT_THAT(euler.a2, ElementsAre(2, 4, 6));
  EXPECT_THAT(euler.channels, ElementsAre(1, 2, 3, -1));
  EXPECT_THAT(euler.min, ElementsAre(-kInfinity, -3, -kInfinity));
  EXPECT_EQ(euler.order, RotateOrder::kZXY);
  EXPECT_TRUE(euler.radians && !euler.rows && !euler.quaternion);
  const Tables::RotationRow& quaternion = tables.rotations[1];
  EXPECT_THAT(quaternion.a1, ElementsAre(12, 13, 14));
  EXPECT_THAT(quaternion.channels, ElementsAre(7, 8, 9, 10));
  EXPECT_TRUE(quaternion.rows && quaternion.quaternion && !quaternion.radians);
}

TEST(Tables, TheRest) {
  const Tables tables = some_tables();
  ASSERT_THAT(tables.angles, SizeIs(1));
  EXPECT_EQ(std::pair(tables.angles[0].sin, tables.angles[0].cos), std::pair(11, 10));
  EXPECT_EQ(tables.angles[0].channel, 6);
  ASSERT_THAT(tables.one_hots, SizeIs(1));
  EXPECT_EQ(std::pair(tables.one_hots[0].input, tables.one_hots[0].count), std::pair(7, 3));
  EXPECT_EQ(tables.one_hots[0].channel, 4);
  ASSERT_THAT(tables.constants, SizeIs(1));
  EXPECT_EQ(std::pair(tables.constants[0].channel, tables.constants[0].value), std::pair(5, 1.0f));
}

}  // namespace
}  // namespace rigjit
