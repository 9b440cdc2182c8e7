#include "plan/plan.h"

#include <gmock/gmock.h>

#include "engine/plan/sample_plan.h"

namespace rigjit::testing {
namespace {

using ::testing::ElementsAre;

TEST(Plan, TextIsOneLineAnOperation) {
  EXPECT_EQ(to_string(sample_plan()),
            "x_main_CTRL.translateX = fma(vec[0], 25, 0)\n"
            "x_main_CTRL.translateZ = fma(vec[1], 0.1, -0)\n"
            "x_main_CTRL.scaleY = fma(vec[2], 0.9, 1.1)\n"
            "x_main_CTRL.rotateX, rotateY, rotateZ = degrees(euler_zxy(rows(vec[3..8])))\n"
            "l_elbow_CTRL.rotateY = degrees(atan2(vec[9], vec[10]))\n"
            "l_elbow_CTRL.rotateZ = atan2(vec[12], vec[11])\n"
            "l_elbow_CTRL.FK_roll = min(max(fma(vec[13], 0.5, 0.5), 0), 1)\n"
            "l_elbow_CTRL.bend = min(fma(vec[14], 1, 0), 2.5)\n"
            "l_elbow_CTRL.curl = max(fma(vec[15], -1e-20, 3e+38), -0)\n"
            "l_elbow_CTRL.IK_FK = 1\n"
            "head.quaternionW, quaternionX, quaternionY, quaternionZ = "
            "quaternion(interleaved(vec[16..21]))\n"
            "head.rest = -0\n");
}

TEST(Plan, TextKeepsNamesOnTheirLine) {
  const Plan plan = plan_of([](PlanBuilder& b) { b.constant("a\nb\x7f\xc3\xa9", 1); });
  EXPECT_EQ(to_string(plan), "c.a\\x0ab\\x7f\xc3\xa9 = 1\n");
}

TEST(Plan, ChannelsFollowTheOrderOfTheBuilder) {
  const Plan plan = sample_plan();
  std::vector<std::string> names;
  for (const Channel& channel : plan.channels()) {
    names.push_back(channel.controller + "." + channel.attribute);
  }
  EXPECT_THAT(names,
              ElementsAre("x_main_CTRL.translateX", "x_main_CTRL.translateZ", "x_main_CTRL.scaleY",
                          "x_main_CTRL.rotateX", "x_main_CTRL.rotateY", "x_main_CTRL.rotateZ",
                          "l_elbow_CTRL.rotateY", "l_elbow_CTRL.rotateZ", "l_elbow_CTRL.FK_roll",
                          "l_elbow_CTRL.bend", "l_elbow_CTRL.curl", "l_elbow_CTRL.IK_FK",
                          "head.quaternionW", "head.quaternionX", "head.quaternionY",
                          "head.quaternionZ", "head.rest"));
  EXPECT_EQ(plan.channel_count(), 17u);
}

TEST(Plan, ChannelsSayWhatTheyComeFrom) {
  std::vector<std::string> texts;
  for (const Channel& channel : sample_plan().channels()) {
    std::string& text = texts.emplace_back(to_string(channel.kind));
    if (channel.rotate_order) text += std::string(" ") + to_string(*channel.rotate_order);
    if (channel.angle_unit) text += std::string(" ") + to_string(*channel.angle_unit);
  }
  const std::string euler = "rotation3d zxy degrees";
  EXPECT_THAT(texts, ElementsAre("translation", "translation", "scale", euler, euler, euler,
                                 "rotation1d degrees", "rotation1d radians", "attribute",
                                 "attribute", "attribute", "constant", "rotation3d", "rotation3d",
                                 "rotation3d", "rotation3d", "constant"));
}

TEST(Plan, InputsNameEachElementOfTheVector) {
  const Plan plan = sample_plan();
  std::vector<std::string> names;
  for (const Input& input : plan.inputs()) {
    names.push_back(input.controller + " " + to_string(input.transformation) + " " +
                    input.component);
  }
  EXPECT_THAT(names,
              ElementsAre("x_main_CTRL translation x", "x_main_CTRL translation z",
                          "x_main_CTRL scale y", "x_main_CTRL rotation3d a1x",
                          "x_main_CTRL rotation3d a1y", "x_main_CTRL rotation3d a1z",
                          "x_main_CTRL rotation3d a2x", "x_main_CTRL rotation3d a2y",
                          "x_main_CTRL rotation3d a2z", "l_elbow_CTRL rotation1d sin",
                          "l_elbow_CTRL rotation1d cos", "l_elbow_CTRL rotation1d cos",
                          "l_elbow_CTRL rotation1d sin", "l_elbow_CTRL attribute FK_roll",
                          "l_elbow_CTRL attribute bend", "l_elbow_CTRL attribute curl",
                          "head rotation3d a1x", "head rotation3d a2x", "head rotation3d a1y",
                          "head rotation3d a2y", "head rotation3d a1z", "head rotation3d a2z"));
}

TEST(Plan, ControllerOfEveryChannel) {
  const Plan plan = sample_plan();
  const std::vector<Channel> channels = plan.channels();
  for (uint32_t i = 0; i < plan.channel_count(); ++i) {
    EXPECT_EQ(plan.controllers()[plan.controller_of(i)].name, channels[i].controller) << i;
  }
}

TEST(Plan, OperationsHoldWhatWasGiven) {
  const Plan plan = sample_plan();
  ASSERT_EQ(plan.operations().size(), 12u);
  const auto& rotation = std::get<Rotation>(plan.operations()[3]);
  EXPECT_EQ(rotation.input, 3u);
  EXPECT_EQ(rotation.channel, 3u);
  EXPECT_EQ(rotation.order, RotateOrder::kZXY);
  EXPECT_EQ(rotation.layout, Rot6dLayout::kRows);
  const auto& angle = std::get<Angle>(plan.operations()[5]);
  EXPECT_EQ(angle.input, 11u);
  EXPECT_TRUE(angle.cos_first);
  const auto& affine = std::get<Affine>(plan.operations()[7]);
  EXPECT_EQ(affine.min, -kNoLimit);
  EXPECT_EQ(affine.max, 2.5f);
}

TEST(Plan, AnEmptyPlanIsAPlan) {
  const Plan plan = PlanBuilder().build();
  EXPECT_EQ(plan.channel_count(), 0u);
  EXPECT_EQ(to_string(plan), "");
}

}  // namespace
}  // namespace rigjit::testing
