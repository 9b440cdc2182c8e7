// The JSON of a pose: its text around the numbers, and what vec_to_json does around both.
#include "json/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/json_string.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::EndsWith;
using testing::StartsWith;

std::string json_string(std::string_view name) {
  std::string text;
  append_json_string(text, name);
  return text;
}

TEST(JsonString, EscapesWhatJsonForbidsAndNothingElse) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("x_main_CTRL"), R"("x_main_CTRL")");
  EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_string("\b\t\n\f\r"), R"("\b\t\n\f\r")");
  EXPECT_EQ(json_string("\x01\x0b\x1f\x7f"), "\"\\u0001\\u000b\\u001f\x7f\"");
  EXPECT_EQ(json_string("ключ 手 \xf0\x9f\xa6\xb4 \xe2\x80\xa8"),
            "\"ключ 手 \xf0\x9f\xa6\xb4 \xe2\x80\xa8\"");
}

// The JSON of a plan that needs no vector.
std::string json_of(const Plan& plan) {
  RigCore::Parts parts;
  parts.description = describe(plan, "constants", {}).value();
  parts.targets = {&host_target()};
  parts.cache = no_cache();
  parts.plan_source = [plan]() -> Result<Plan> { return plan; };
  const Rig rig(RigCore::make(std::move(parts)).value(), Origin::kCompiled);
  std::string out(rig.json_capacity(), '#');
  const Result<std::size_t> size = rig.vec_to_json(rig.rest_vec().data(), out.data());
  if (!size) return to_string(size.errors());
  return out.substr(0, *size);
}

TEST(JsonText, HoldsControllersInOrder) {
  PlanBuilder builder;
  builder.begin_controller("b");
  builder.constant("on", 1);
  builder.constant("off", -0.0f);
  builder.begin_controller("a \"quoted\"");
  builder.constant("\n", 1e-7f);
  EXPECT_EQ(json_of(std::move(builder).build()),
            R"({"b":{"on":1.0,"off":-0.0},"a \"quoted\"":{"\n":1e-7}})");
}

TEST(JsonText, WritesEveryTypeAsItsOwn) {
  PlanBuilder builder;
  builder.begin_controller("c");
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    const std::string name = std::to_string(i);
    const auto number = static_cast<float>(i);
    expected += (i == 0 ? "\"" : ",\"") + name + "\":";
    if (i % 4 == 0) {
      builder.bool_attribute(name, 1, i % 8 == 0 ? 1.0f : 0.0f);
      expected += i % 8 == 0 ? "true" : "false";
    } else if (i % 4 == 1) {
      builder.int_attribute(name, 1, -16000000 - number, {});
      expected += "-" + std::to_string(16000000 + i);
    } else if (i % 4 == 2) {
      builder.enum_attribute(name, {"a", "b", "c"}, 1, 2, LimitRule::kClamp);
      expected += "2";
    } else {
      builder.attribute(name, 1, number, -100, 100);
      expected += name + ".0";
    }
  }
  EXPECT_EQ(json_of(std::move(builder).build()), "{\"c\":{" + expected + "}}");
}

TEST(JsonText, HoldsNamesOfEveryLength) {
  PlanBuilder builder;
  std::string expected = "{";
  for (std::size_t length = 1; length < 200; ++length) {
    const std::string name(length, static_cast<char>('a' + length % 26));
    builder.begin_controller(name);
    builder.constant(name + "y", 16777216);
    expected += (length > 1 ? ",\"" : "\"") + name + "\":{\"" + name + "y\":16777216.0}";
  }
  EXPECT_EQ(json_of(std::move(builder).build()), expected + "}");
}

TEST(JsonText, FitsTheCapacityWithTheLongestNumbers) {
  PlanBuilder builder;
  std::string expected;
  builder.begin_controller("c");
  for (int i = 0; i < 1000; ++i) {
    const std::string name = std::to_string(i);
    builder.constant(name, -1.2345678e15f);
    expected += (i == 0 ? "\"" : ",\"") + name + "\":-1234567800000000.0";
  }
  EXPECT_EQ(json_of(std::move(builder).build()), "{\"c\":{" + expected + "}}");
}

class RigJson : public testing::Test {
 protected:
  std::shared_ptr<const RigCore> core_ = small_core(no_cache()).value();
  Rig rig_{core_, core_->origin()};
  std::vector<char> out_ = std::vector<char>(rig_.json_capacity() + 64, '#');
};

TEST_F(RigJson, HoldsTheValues) {
  const Result<std::size_t> size = rig_.vec_to_json(good_vec().data(), out_.data());
  ASSERT_TRUE(size) << to_string(size.errors());
  const std::string text(out_.data(), *size);
  EXPECT_THAT(text, StartsWith(R"({"a_CTRL":{"translateX":2.0,"translateZ":-1.0},"b_CTRL":{)"));
  EXPECT_THAT(text, EndsWith(R"(,"IK_FK":1.0}})"));
}

TEST_F(RigJson, IsTheSameWhereverItIsWritten) {
  for (std::size_t offset = 0; offset < 8; ++offset) {
    std::fill(out_.begin(), out_.end(), '#');
    const Result<std::size_t> size = rig_.vec_to_json(good_vec().data(), out_.data() + offset);
    ASSERT_TRUE(size);
    EXPECT_EQ(out_[offset], '{');
    EXPECT_EQ(out_[offset + *size - 1], '}');
    for (std::size_t i = 0; i < offset; ++i) EXPECT_EQ(out_[i], '#');
    for (std::size_t i = offset + rig_.json_capacity(); i < out_.size(); ++i) {
      EXPECT_EQ(out_[i], '#');
    }
  }
}

TEST_F(RigJson, NamesABadVector) {
  std::vector<float> vec = good_vec();
  vec[1] = std::numeric_limits<float>::infinity();
  const Result<std::size_t> size = rig_.vec_to_json(vec.data(), out_.data());
  ASSERT_FALSE(size);
  EXPECT_EQ(size.errors().front().code, "not-finite");
  EXPECT_EQ(size.errors().front().path, "vec[1]");
}

TEST_F(RigJson, RefusesOverlappingBuffers) {
  std::vector<float> memory(1000);
  const Result<std::size_t> size =
      rig_.vec_to_json(memory.data(), reinterpret_cast<char*>(memory.data() + 7));
  ASSERT_FALSE(size);
  EXPECT_EQ(size.errors().front().code, "overlapping-buffers");
}

}  // namespace
}  // namespace rigjit
