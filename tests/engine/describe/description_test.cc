#include "describe/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::ElementsAre;

TEST(Description, SurvivesTheRoundTrip) {
  RigDescription before = some_description();
  before.name_space = "hero";
  const auto after = decode_description(encode_description(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->name, "small");
  EXPECT_EQ(after->name_space, "hero");
  EXPECT_THAT(after->metadata,
              ElementsAre(testing::Pair("unit", "cm"), testing::Pair("up_axis", "")));
  EXPECT_EQ(after->rig_hash, rig_hash(small_plan()));
  EXPECT_EQ(after->vec_size, 8u);
  EXPECT_EQ(after->channel_count, 6u);
  EXPECT_EQ(after->msgpack_size, before.msgpack_size);
  EXPECT_EQ(after->rest_vec, rest_vec(small_plan()));
}

TEST(Description, NamesEveryChannelAndInput) {
  const auto description = decode_description(encode_description(some_description()));
  ASSERT_TRUE(description);
  std::vector<std::string> channels;
  for (const Channel& channel : decode_channels(*description)) {
    channels.push_back(channel.controller + "." + channel.attribute);
  }
  EXPECT_THAT(channels, ElementsAre("a_CTRL.translateX", "a_CTRL.translateZ", "b_CTRL.rotateX",
                                    "b_CTRL.rotateY", "b_CTRL.rotateZ", "b_CTRL.IK_FK"));
  const Channel rotation = decode_channels(*description)[3];
  EXPECT_EQ(rotation.kind, TransformationKind::kRotation3d);
  EXPECT_EQ(rotation.rotate_order, RotateOrder::kXYZ);
  EXPECT_EQ(rotation.angle_unit, AngleUnit::kDegrees);
  EXPECT_EQ(decode_channels(*description)[0].rotate_order, std::nullopt);
  const std::vector<Input> inputs = decode_inputs(*description);
  ASSERT_EQ(inputs.size(), 8u);
  EXPECT_EQ(inputs[1].controller, "a_CTRL");
  EXPECT_EQ(inputs[1].component, "z");
  EXPECT_EQ(inputs[2].transformation, TransformationKind::kRotation3d);
  EXPECT_EQ(inputs[7].component, "a2z");
}

TEST(Description, KeepsTypesAndNames) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.translation(0, 1, 0);
  builder.bool_attribute("on", 1, 0);
  builder.one_hot_attribute("space", {"world", "手"});
  builder.int_attribute("count", 1, 0, {});
  const auto before = describe(std::move(builder).build(), "", {});
  ASSERT_TRUE(before);
  const std::vector<uint8_t> bytes = encode_description(*before);
  const auto after = decode_description(bytes);
  ASSERT_TRUE(after);
  const std::vector<Channel> channels = decode_channels(*after);
  ASSERT_EQ(channels.size(), 4u);
  EXPECT_EQ(channels[0].type, ChannelType::kFloat);
  EXPECT_EQ(channels[1].type, ChannelType::kBool);
  EXPECT_EQ(channels[2].type, ChannelType::kEnum);
  EXPECT_THAT(channels[2].names, ElementsAre("world", "手"));
  EXPECT_EQ(channels[3].type, ChannelType::kInt);
  EXPECT_EQ(decode_inputs(*after)[2].component, "space.world");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<uint8_t> damaged = bytes;
    damaged[i] ^= 0xff;
    const auto description = decode_description(damaged);
    if (!description) continue;
    EXPECT_EQ(decode_channels(*description).size(), description->channel_count);
  }
}

TEST(Description, OfARigWithoutInputsSurvives) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.constant("on", 1);
  const auto before = describe(std::move(builder).build(), "", {});
  ASSERT_TRUE(before);
  const auto after = decode_description(encode_description(*before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->vec_size, 0u);
  EXPECT_TRUE(decode_inputs(*after).empty());
}

TEST(Description, IsRefusedWhenTruncatedOrLonger) {
  const std::vector<uint8_t> bytes = encode_description(some_description());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_description({bytes.data(), size})) << size;
  }
  std::vector<uint8_t> longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_description(longer));
}

// What decodes after damage must at least be safe to use; sanitizers see the rest.
TEST(Description, NeverCrashesOnDamage) {
  const std::vector<uint8_t> bytes = encode_description(some_description());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const auto flip : std::initializer_list<uint8_t>{0x01, 0x80, 0xff}) {
      std::vector<uint8_t> damaged = bytes;
      damaged[i] ^= flip;
      const auto description = decode_description(damaged);
      if (!description) continue;
      EXPECT_EQ(decode_channels(*description).size(), description->channel_count);
      EXPECT_EQ(decode_inputs(*description).size(), description->vec_size);
      EXPECT_EQ(description->rest_vec.size(), description->vec_size);
    }
  }
}

}  // namespace
}  // namespace rigjit
