#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <msgpack.hpp>

#include "engine/plan/sample_plan.h"
#include "engine/random_plan.h"
#include "plan/layout.h"

namespace rigjit::testing {
namespace {

using Packer = msgpack::packer<msgpack::sbuffer>;

// 0.5 for a float, else false or 0: in one byte if that is what `width` says.
void pack_value(Packer& packer, ChannelType type, uint8_t width) {
  if (type == ChannelType::kFloat) {
    packer.pack_float(0.5f);
  } else if (type == ChannelType::kBool) {
    packer.pack_false();
  } else if (width == 1) {
    packer.pack(0);
  } else {
    packer.pack_fix_int32(0);
  }
}

// What another library writes for the same nesting. (msgpack-cxx writes whole floats as integers.)
std::vector<uint8_t> packed(const Plan& plan, const MessageLayout& layout) {
  msgpack::sbuffer buffer;
  msgpack::packer packer(buffer);
  packer.pack_map(static_cast<uint32_t>(plan.controllers().size()));
  for (const PlanController& controller : plan.controllers()) {
    packer.pack(controller.name);
    packer.pack_map(controller.channel_count);
    for (uint32_t i = 0; i < controller.channel_count; ++i) {
      const uint32_t channel = controller.first_channel + i;
      packer.pack(plan.attributes()[channel]);
      pack_value(packer, plan.types()[channel], layout.widths[channel]);
    }
  }
  return {buffer.data(), buffer.data() + buffer.size()};
}

uint32_t big_endian(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

// Slots hold constants, or zero for what is computed; the bytes around them are msgpack's.
void expect_bytes(const Plan& plan, const MessageLayout& layout) {
  std::vector<uint32_t> values(plan.channel_count(), 0);
  for (const Operation& operation : plan.operations()) {
    const auto* constant = std::get_if<Constant>(&operation);
    if (constant != nullptr) values[constant->channel] = std::bit_cast<uint32_t>(constant->value);
  }
  std::vector<uint8_t> halves = layout.bytes;
  ASSERT_EQ(layout.slots.size(), values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    uint8_t* const slot = halves.data() + layout.slots[i];
    const ChannelType type = plan.types()[i];
    if (layout.widths[i] == 1) {
      ASSERT_EQ(*slot, 0);
      if (type == ChannelType::kBool) *slot = 0xc2;
      continue;
    }
    ASSERT_EQ(slot[-1], type == ChannelType::kFloat ? 0xca : 0xd2);
    ASSERT_EQ(big_endian(slot), values[i]);
    if (type == ChannelType::kFloat) std::copy_n("\x3f\x00\x00\x00", 4, slot);
  }
  ASSERT_TRUE(halves == packed(plan, layout));
}

void expect_layout(const Plan& plan) {
  const Result<MessageLayout> layout = message_layout(plan);
  ASSERT_TRUE(layout.ok());
  expect_bytes(plan, *layout);
  ASSERT_EQ(layout->controllers.size(), plan.controllers().size());
  for (size_t i = 0; i < layout->controllers.size(); ++i) {
    const PlanController& controller = plan.controllers()[i];
    const auto& [name_begin, body_begin, end] = layout->controllers[i];
    ASSERT_LT(name_begin, body_begin);
    const std::string name(layout->bytes.begin() + body_begin - controller.name.size(),
                           layout->bytes.begin() + body_begin);
    ASSERT_EQ(name, controller.name);
    const bool is_last = i + 1 == layout->controllers.size();
    ASSERT_EQ(end, is_last ? layout->bytes.size() : layout->controllers[i + 1].name_begin);
    const uint32_t last_channel = controller.first_channel + controller.channel_count - 1;
    ASSERT_GT(layout->slots[controller.first_channel], body_begin);
    ASSERT_EQ(layout->slot_end(last_channel), end);
  }
}

void fill_constants(PlanBuilder& builder, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    builder.constant(std::to_string(i), static_cast<float>(i) + 0.5f);
  }
}

Plan one_controller(const std::string& name, uint32_t attributes) {
  PlanBuilder builder;
  builder.begin_controller(name);
  fill_constants(builder, attributes);
  return std::move(builder).build();
}

const std::vector<uint8_t>& bytes_of(const Result<MessageLayout>& layout) {
  return layout.value().bytes;
}

TEST(MessageLayout, Sample) { expect_layout(sample_plan()); }

TEST(MessageLayout, Bytes) {
  const Plan plan = plan_of([](PlanBuilder& b) {
    b.constant("k", -1.5f);
    b.translation(0, 1, 0);
  });
  const Result<MessageLayout> layout = message_layout(plan);
  EXPECT_EQ(bytes_of(layout),
            (std::vector<uint8_t>{0x81, 0xa1, 'c',  0x82, 0xa1, 'k', 0xca, 0xbf, 0xc0,
                                  0,    0,    0xaa, 't',  'r',  'a', 'n',  's',  'l',
                                  'a',  't',  'e',  'X',  0xca, 0,   0,    0,    0}));
  EXPECT_EQ(layout->slots, (std::vector<uint32_t>{7, 23}));
  EXPECT_EQ(layout->controllers[0].name_begin, 1u);
  EXPECT_EQ(layout->controllers[0].body_begin, 3u);
  EXPECT_EQ(layout->controllers[0].end, 27u);
}

TEST(MessageLayout, WidthsFollowTheLimits) {
  const Plan plan = plan_of([](PlanBuilder& b) {
    b.bool_attribute("a", 1, 0);
    b.int_attribute("b", 1, 0, {0, 127});
    b.int_attribute("c", 1, 0, {0, 128});
    b.int_attribute("d", 1, 0, {-1, 1});
    b.int_attribute("e", 1, 0, {});
    b.enum_attribute("f", std::vector<std::string>(128, "n"), 1, 0, LimitRule::kClamp);
    b.one_hot_attribute("g", std::vector<std::string>(129, "n"));
    b.attribute("h", 1, 0, 0, 1);
  });
  EXPECT_EQ(message_layout(plan)->widths, (std::vector<uint8_t>{1, 1, 4, 4, 4, 1, 4, 4}));
  expect_layout(plan);
}

TEST(MessageLayout, NoController) {
  EXPECT_EQ(bytes_of(message_layout(PlanBuilder().build())), std::vector<uint8_t>{0x80});
}

TEST(MessageLayout, MapHeadersOfControllers) {
  for (const auto& [attributes, header] : std::vector<std::pair<uint32_t, uint8_t>>{
           {1, 0x81}, {15, 0x8f}, {16, 0xde}, {65535, 0xde}, {65536, 0xdf}}) {
    SCOPED_TRACE(attributes);
    const Plan plan = one_controller("c", attributes);
    expect_layout(plan);
    EXPECT_EQ(bytes_of(message_layout(plan))[3], header);
  }
}

TEST(MessageLayout, MapHeaderOfTheMessage) {
  for (const auto& [controllers, header] : std::vector<std::pair<uint32_t, uint8_t>>{
           {15, 0x8f}, {16, 0xde}, {65535, 0xde}, {65536, 0xdf}}) {
    SCOPED_TRACE(controllers);
    PlanBuilder builder;
    for (uint32_t i = 0; i < controllers; ++i) {
      builder.begin_controller(std::to_string(i));
      builder.translation(0, 1, 0);
    }
    const Plan plan = std::move(builder).build();
    expect_layout(plan);
    EXPECT_EQ(bytes_of(message_layout(plan))[0], header);
  }
}

TEST(MessageLayout, StrHeaders) {
  for (const auto& [size, header] : std::vector<std::pair<uint32_t, uint8_t>>{
           {1, 0xa1}, {31, 0xbf}, {32, 0xd9}, {255, 0xd9}, {256, 0xda}, {65535, 0xda}}) {
    SCOPED_TRACE(size);
    PlanBuilder builder;
    builder.begin_controller(std::string(size, 'n'));
    builder.constant(std::string(size, 'a'), 1);
    builder.attribute(std::string(size, 'b'), 1, 0, 0, 1);
    const Plan plan = std::move(builder).build();
    expect_layout(plan);
    EXPECT_EQ(bytes_of(message_layout(plan))[1], header);
  }
}

TEST(MessageLayout, RandomPlans) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    expect_layout(random_plan(seed));
  }
}

}  // namespace
}  // namespace rigjit::testing
