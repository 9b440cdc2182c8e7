// Rig::check_values, and what values_to_json refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::HasSubstr;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Rig typed_rig() {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.attribute("float", 1, 0, -1, 1);
  builder.bool_attribute("bool", 1, 0);
  builder.int_attribute("int", 1, 0, {-3, 7});
  builder.int_attribute("wide", 1, 0, {});
  builder.enum_attribute("enum", {"a", "b"}, 1, 0, LimitRule::kClamp);
  builder.one_hot_attribute("one_hot", {"a", "b", "c"});
  builder.constant("constant", 1);
  const Plan plan = std::move(builder).build();
  RigCore::Parts parts;
  parts.description = describe(plan, "typed", {}).value();
  parts.targets = {&host_target()};
  parts.cache = no_cache();
  parts.plan_source = [plan]() -> Result<Plan> { return plan; };
  return Rig(RigCore::make(std::move(parts)).value(), Origin::kCompiled);
}

class CheckValues : public testing::Test {
 protected:
  std::string json_of(const std::vector<float>& values) const {
    std::string text(rig_.json_capacity(), '#');
    const Result<std::size_t> size = rig_.values_to_json(values.data(), text.data());
    return size ? text.substr(0, *size) : to_string(size.errors());
  }

  const Rig rig_ = typed_rig();
  const std::vector<float> good_ = {5, 1, -3, -16777216, 1, 2, -7.5};
};

TEST_F(CheckValues, TakesWhatIsWithinLimits) {
  EXPECT_TRUE(rig_.check_values(good_.data()));
  EXPECT_EQ(json_of(good_),
            R"({"c":{"float":5.0,"bool":true,"int":-3,"wide":-16777216,"enum":1,"one_hot":2,)"
            R"("constant":-7.5}})");
}

TEST_F(CheckValues, NamesWhatIsNot) {
  struct Case {
    std::size_t channel;
    float value;
    const char* code;
    const char* words;
  };
  const std::vector<Case> cases = {
      {0, kNaN, "not-finite", "c.float: the value is nan"},
      {1, 0.5f, "out-of-limits", "c.bool: a bool is false, true, 0 or 1, not 0.5"},
      {1, 2, "out-of-limits", "c.bool"},
      {1, -kInfinity, "not-finite", "c.bool"},
      {1, 1e-45f, "out-of-limits", "c.bool"},
      {2, 6.5f, "not-whole", "c.int: the value 6.5 is no whole number"},
      {2, 8, "out-of-limits", "c.int: the value 8 is above the limit 7"},
      {2, -4, "out-of-limits", "c.int: the value -4 is below the limit -3"},
      {3, 3e9f, "out-of-limits", "c.wide: the value 3e+09 is above the limit 16777216"},
      {3, -3e38f, "out-of-limits", "c.wide"},
      {3, kNaN, "not-finite", "c.wide"},
      {4, 2, "out-of-limits", "c.enum: the enum has no name of index 2; its last is 1"},
      {5, -1, "out-of-limits", "c.one_hot: the enum has no name of index -1; its last is 2"},
      {5, 0.5f, "not-whole", "c.one_hot"},
      {6, kInfinity, "not-finite", "c.constant"},
  };
  for (const auto& [channel, value, code, words] : cases) {
    std::vector<float> values = good_;
    values[channel] = value;
    const Status status = rig_.check_values(values.data());
    ASSERT_FALSE(status) << words;
    ASSERT_EQ(status.errors().size(), 1u);
    EXPECT_EQ(status.errors()[0].code, code) << words;
    EXPECT_THAT(status.errors()[0].message, HasSubstr(words));
    EXPECT_EQ(status.errors()[0].path, "values[" + std::to_string(channel) + "]");
    EXPECT_EQ(json_of(values), to_string(status.errors()));
  }
}

TEST_F(CheckValues, NamesEveryMistake) {
  const std::vector<float> values = {kNaN, 1, 100, 0, 0.25f, 0, 1};
  const Status status = rig_.check_values(values.data());
  ASSERT_FALSE(status);
  ASSERT_EQ(status.errors().size(), 3u);
  EXPECT_EQ(status.errors()[0].path, "values[0]");
  EXPECT_EQ(status.errors()[1].path, "values[2]");
  EXPECT_EQ(status.errors()[2].path, "values[4]");
}

// What the rig writes itself is always fine.
TEST_F(CheckValues, TakesValuesOfVectors) {
  std::vector<float> values(rig_.channel_count());
  for (int i = -40; i < 40; ++i) {
    const std::vector<float> vec(rig_.vec_size(), static_cast<float>(i) * 1e6f + 0.3f);
    ASSERT_TRUE(rig_.vec_to_values(vec.data(), values.data()));
    EXPECT_TRUE(rig_.check_values(values.data()));
  }
}

// A rig of floats alone needs no spec for it.
TEST(CheckFloats, AsksForNoPlan) {
  int derived = 0;
  const auto core = small_core(no_cache(), &derived).value();
  const Rig rig(core, core->origin());
  std::vector<float> values(rig.channel_count(), 1e30f);
  EXPECT_TRUE(rig.check_values(values.data()));
  values[2] = kNaN;
  const Status status = rig.check_values(values.data());
  ASSERT_FALSE(status);
  EXPECT_THAT(status.errors()[0].message, HasSubstr("b_CTRL.rotateX: the value is nan"));
  EXPECT_EQ(derived, 1);
}

}  // namespace
}  // namespace rigjit
