// A rig's own messages, read in place, against the general reader.
#include "poses/pose_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "plan/layout.h"
#include "poses/pose_values.h"
#include "poses/read_msgpack.h"

namespace rigjit {
namespace {

Plan typed_plan() {
  PlanBuilder builder;
  builder.begin_controller("hand");
  builder.translation(0, 1, 0);
  builder.bool_attribute("on", 1, 0);
  builder.int_attribute("few", 1, 0, {-3, 200});
  builder.int_attribute("many", 1, 0, {});
  builder.enum_attribute("mode", {"IK", "FK"}, 1, 0, LimitRule::kClamp);
  builder.translation(1, 1, 0);
  builder.begin_controller("foot");
  builder.int_attribute("small", 1, 0, {2, 9});
  builder.one_hot_attribute("space", {"a", "b", "c"});
  builder.bool_attribute("z", 1, 0);
  return std::move(builder).build();
}

class PoseFormTest : public testing::Test {
 protected:
  Plan plan_ = typed_plan();
  std::shared_ptr<const Plan> shared_plan_ = std::make_shared<const Plan>(plan_);
  PoseForm form_ = PoseForm::make(shared_plan_).value();
  MessageLayout layout_ = message_layout(plan_).value();

  std::vector<uint8_t> good_message() {
    std::vector<uint8_t> message = layout_.bytes;
    message[layout_.slots[1]] = 0xc3;
    message[layout_.slots[2] + 3] = 150;
    message[layout_.slots[3] + 1] = 100;
    message[layout_.slots[4]] = 1;
    message[layout_.slots[6]] = 9;
    message[layout_.slots[7]] = 2;
    message[layout_.slots[8]] = 0xc2;
    return message;
  }
};

TEST_F(PoseFormTest, HasNoPlanOfItsOwn) { EXPECT_EQ(shared_plan_.use_count(), 2); }

TEST_F(PoseFormTest, ReadsEveryWidth) {
  std::vector<float> values(plan_.channel_count());
  ASSERT_TRUE(form_.read_own_message(good_message(), values.data()));
  EXPECT_EQ(values, (std::vector<float>{0, 1, 150, 100 << 16, 1, 0, 9, 2, 0}));
}

// What it takes, the general reader takes too, with the same numbers; each message has a block of
// its own, for the address sanitizer.
TEST_F(PoseFormTest, TakesNothingThatTheGeneralReaderRefuses) {
  std::mt19937_64 bits(11);
  const std::vector<uint8_t> good = good_message();
  int taken = 0, refused = 0;
  PoseValues general(form_, {});
  for (int round = 0; round < 20000; ++round) {
    const std::unique_ptr<uint8_t[]> block(new uint8_t[good.size()]);
    const std::span message(block.get(), good.size());
    std::ranges::copy(good, message.begin());
    const uint32_t channel = static_cast<uint32_t>(bits() % plan_.channel_count());
    const uint32_t byte = static_cast<uint32_t>(bits() % layout_.widths[channel]);
    message[layout_.slots[channel] + byte] = static_cast<uint8_t>(bits());
    if (bits() % 4 == 0) message[bits() % message.size()] = static_cast<uint8_t>(bits());
    std::vector<float> values(plan_.channel_count());
    if (!form_.read_own_message(message, values.data())) {
      ++refused;
      continue;
    }
    ++taken;
    general.reset();
    ASSERT_TRUE(read_msgpack(message, general));
    const Status status = general.finish();
    // NaN and infinity are left to the kernel.
    if (std::isfinite(values[0]) && std::isfinite(values[5])) {
      ASSERT_TRUE(status) << to_string(status.errors());
      ASSERT_EQ(values, std::vector<float>(general.values(), general.values() + values.size()));
    }
  }
  EXPECT_GT(taken, 1000);
  EXPECT_GT(refused, 1000);
}

TEST_F(PoseFormTest, FindsNames) {
  EXPECT_EQ(form_.find_name(7, "c"), 2u);
  EXPECT_FALSE(form_.find_name(7, "d"));
  EXPECT_FALSE(form_.find_name(0, ""));
  EXPECT_EQ(form_.whole_limits(7).max, 2);
  EXPECT_EQ(form_.whole_limits(8).max, 1);
  EXPECT_FALSE(form_.whole_limits(5).any());
}

}  // namespace
}  // namespace rigjit
