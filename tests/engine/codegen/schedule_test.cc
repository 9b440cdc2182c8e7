// The schedule as a table: which lane computes what, and where every channel finds its number.
#include "codegen/schedule.h"

#include <gtest/gtest.h>

#include <string>

#include "codegen/message_chunks.h"
#include "plan/layout.h"

namespace rigjit::testing {
namespace {

// The rig of engine/codegen/README.md.
Plan three_controllers() {
  PlanBuilder builder;
  builder.begin_controller("x_main_CTRL");
  for (uint32_t axis = 0; axis < 3; ++axis) builder.translation(axis, 25, 0);
  builder.begin_controller("l_elbow_CTRL");
  builder.rotation1d(1, false, AngleUnit::kDegrees);
  builder.begin_controller("head_CTRL");
  builder.rotation3d(RotateOrder::kZXY, Rot6dLayout::kColumns, AngleUnit::kDegrees,
                     RotationOutput::kEuler);
  return std::move(builder).build();
}

std::string text_of(const ChannelSource& source) {
  switch (source.base) {
    case ChannelSource::Base::kVector:
      return "vec " + std::to_string(source.index);
    case ChannelSource::Base::kScratch:
      return "scratch " + std::to_string(source.index);
    default:
      return "constant";
  }
}

std::string text_of(const Schedule& schedule) {
  std::string text;
  for (const Segment& segment : schedule.segments) {
    text += "segment: channels " + std::to_string(segment.first_channel) + ".." +
            std::to_string(segment.end_channel - 1) + "\n";
    for (const LaneGroup& group : segment.groups) {
      const LaneShape& shape = schedule.shapes[group.shape];
      constexpr const char* kKinds[] = {"angle", "euler", "quaternion"};
      text += std::string("  ") + kKinds[static_cast<size_t>(shape.kind)] + " of operations";
      for (const uint32_t operation : group.operations) text += " " + std::to_string(operation);
      text += ", results at scratch " + std::to_string(group.results) + ", state at " +
              std::to_string(group.state) + (shape.is_uniform() ? "" : ", lanes differ") + "\n";
    }
    for (const uint32_t operation : segment.one_hots) {
      text += "  one_hot of operation " + std::to_string(operation) + "\n";
    }
  }
  for (size_t channel = 0; channel < schedule.sources.size(); ++channel) {
    text += "channel " + std::to_string(channel) + ": " + text_of(schedule.sources[channel]) + "\n";
  }
  return text + "inputs at scratch " + std::to_string(schedule.inputs) + ", scratch of " +
         std::to_string(schedule.scratch_floats) + ", state of " +
         std::to_string(schedule.state_floats) + "\n";
}

TEST(ScheduleTable, OfThreeControllersInSixteenLanes) {
  EXPECT_EQ(text_of(make_schedule(three_controllers(), 16)),
            "segment: channels 0..6\n"
            "  angle of operations 3, results at scratch 128, state at 0\n"
            "  euler of operations 4, results at scratch 144, state at 16\n"
            "channel 0: vec 0\n"
            "channel 1: vec 1\n"
            "channel 2: vec 2\n"
            "channel 3: scratch 128\n"
            "channel 4: scratch 144\n"
            "channel 5: scratch 145\n"
            "channel 6: scratch 146\n"
            "inputs at scratch 32, scratch of 208, state of 64\n");
}

TEST(ScheduleTable, OfThreeControllersInFourLanes) {
  EXPECT_EQ(text_of(make_schedule(three_controllers(), 4)),
            "segment: channels 0..6\n"
            "  angle of operations 3, results at scratch 36, state at 0\n"
            "  euler of operations 4, results at scratch 40, state at 4\n"
            "channel 0: vec 0\n"
            "channel 1: vec 1\n"
            "channel 2: vec 2\n"
            "channel 3: scratch 36\n"
            "channel 4: scratch 40\n"
            "channel 5: scratch 41\n"
            "channel 6: scratch 42\n"
            "inputs at scratch 12, scratch of 56, state of 16\n");
}

// Of one shape and two orders: the function is told by masks, and five rotations take two groups.
TEST(ScheduleTable, OfRotationsThatDiffer) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.constant("pinned", 1);
  builder.one_hot_attribute("space", {"world", "chest"});
  for (uint32_t i = 0; i < 5; ++i) {
    builder.begin_controller("r" + std::to_string(i));
    builder.rotation3d(i == 0 ? RotateOrder::kXYZ : RotateOrder::kZYX, Rot6dLayout::kColumns,
                       AngleUnit::kDegrees, RotationOutput::kEuler);
  }
  const std::string text = text_of(make_schedule(std::move(builder).build(), 4));
  EXPECT_EQ(text.substr(0, text.find("channel 4")),
            "segment: channels 0..16\n"
            "  euler of operations 2 3 4 5, results at scratch 48, state at 0, lanes differ\n"
            "  euler of operations 6, results at scratch 64, state at 12, lanes differ\n"
            "  one_hot of operation 1\n"
            "channel 0: constant\n"
            "channel 1: scratch 80\n"
            "channel 2: scratch 48\n"
            "channel 3: scratch 49\n");
}

// The message of the rig above: 139 bytes in stores of 64, the last of which ends with it.
TEST(ScheduleTable, OfTheChunksOfAMessage) {
  const Plan plan = three_controllers();
  const auto layout = message_layout(plan);
  ASSERT_TRUE(layout.ok());
  const Schedule schedule = make_schedule(plan, 16);
  std::string text;
  for (const MessageChunk& chunk : message_chunks(plan, *layout, schedule.segments[0], 64)) {
    text += std::to_string(chunk.offset) + " +" + std::to_string(chunk.size) + ": values " +
            std::to_string(chunk.first_value) + ".." + std::to_string(chunk.end_value - 1) + "\n";
  }
  EXPECT_EQ(layout->bytes.size(), 139u);
  EXPECT_EQ(text,
            "0 +64: values 0..2\n"
            "64 +64: values 3..5\n"
            "75 +64: values 3..6\n");
}

}  // namespace
}  // namespace rigjit::testing
