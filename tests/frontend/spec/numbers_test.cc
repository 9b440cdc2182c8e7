// Numbers of a spec are float32, rounded once.
#include <cmath>
#include <limits>

#include "spec_text.h"

namespace rigjit {
namespace {

std::optional<float> constant(const std::string& number) {
  const auto spec = parse(spec_of({"constant: {name: a, value: " + number + "}"}), "numbers");
  if (!spec) return std::nullopt;
  return std::get<ConstantSpec>(spec->controllers[0].transformations[0]).value;
}

TEST(Numbers, AreReadInEveryDecimalForm) {
  EXPECT_EQ(constant("0"), 0.0f);
  EXPECT_EQ(constant("25"), 25.0f);
  EXPECT_EQ(constant("+25"), 25.0f);
  EXPECT_EQ(constant("-25"), -25.0f);
  EXPECT_EQ(constant("0.9"), 0.9f);
  EXPECT_EQ(constant(".5"), 0.5f);
  EXPECT_EQ(constant("5."), 5.0f);
  EXPECT_EQ(constant("-.5"), -0.5f);
  EXPECT_EQ(constant("1e3"), 1000.0f);
  EXPECT_EQ(constant("1E+3"), 1000.0f);
  EXPECT_EQ(constant("25e-1"), 2.5f);
  EXPECT_EQ(constant("00.5"), 0.5f);
  EXPECT_EQ(constant("0.1000000000000000055511151231257827"), 0.1f);
}

TEST(Numbers, KeepTheSignOfZero) {
  ASSERT_TRUE(constant("-0"));
  EXPECT_TRUE(std::signbit(*constant("-0")));
  EXPECT_TRUE(std::signbit(*constant("-0.0")));
  EXPECT_TRUE(std::signbit(*constant("-1e-60")));
}

// Halfway between two floats plus a little that a double cannot hold: rounding to double first
// would end on the even neighbour below.
TEST(Numbers, AreRoundedOnce) {
  EXPECT_EQ(constant("1.00000005960464477539062500000001"), std::nextafter(1.0f, 2.0f));
  EXPECT_EQ(constant("1.000000059604644775390625"), 1.0f);
}

TEST(Numbers, ReachTheEndsOfFloat32) {
  using Limits = std::numeric_limits<float>;
  EXPECT_EQ(constant("3.4028235e38"), Limits::max());
  EXPECT_EQ(constant("340282350000000000000000000000000000000"), Limits::max());
  EXPECT_EQ(constant("1e-45"), Limits::denorm_min());
  EXPECT_EQ(constant("1.1754942e-38"), 1.1754942e-38f);
  EXPECT_EQ(constant("1e-60"), 0.0f);
  EXPECT_EQ(constant("0e999999999999"), 0.0f);
  EXPECT_EQ(constant("1e-999999999999999999999"), 0.0f);
  EXPECT_EQ(constant("0." + std::string(400, '0') + "1e401"), 1.0f);
}

TEST(Numbers, BeyondFloat32AreNotFinite) {
  for (const std::string number :
       {"3.5e38", "-3.5e38", "1e39", "1e60", "1e400", "1e99999999999999999999", ".inf", "-.inf",
        "+.INF", ".NaN", "1000000000000000000000000000000000000000"}) {
    EXPECT_THAT(mistakes_in(spec_of({"constant: {name: a, value: " + number + "}"})),
                testing::ElementsAre("5:36 not-finite"))
        << number;
  }
}

TEST(Numbers, OtherTextIsNoNumber) {
  for (const std::string number : {"0x10", "0o17", "017", "1_000", "12:30", "1.2.3", "1e", "1e+",
                                   "--1", "+-1", "1 2", "one", "infinite", "1f", "'1'", "1,5"}) {
    const Errors errors = check(
        SpecSource::text("rigjit: 1\ncontrollers:\n- name: a\n  transformations:\n  - constant:\n"
                         "      name: a\n      value: " +
                         number + "\n"));
    EXPECT_THAT(places_of(errors), testing::ElementsAre("7:14 not-a-number")) << number;
  }
}

TEST(Numbers, ThatAreNearlyOnesComeWithASuggestion) {
  const auto suggestion = [](const std::string& number) {
    const Errors errors =
        check(SpecSource::text(spec_of({"constant: {name: a, value: " + number + "}"})));
    return errors.empty() ? std::nullopt : errors[0].suggestion;
  };
  EXPECT_EQ(suggestion("1_000"), "1000");
  EXPECT_EQ(suggestion("017"), "17");
  EXPECT_EQ(suggestion("-00"), "-0");
  EXPECT_EQ(suggestion("'25'"), "25");
  EXPECT_EQ(suggestion("0x10"), std::nullopt);
}

TEST(Numbers, OfScalesAreNotZeroInFloat32) {
  EXPECT_THAT(mistakes_in(spec_of({"scale: {axes: xyz, scale: [0, 1e-46, 1e-45]}"})),
              testing::ElementsAre("5:36 zero-scale", "5:39 zero-scale"));
  EXPECT_THAT(mistakes_in(spec_of({"attribute: {name: a, scale: -0}"})),
              testing::ElementsAre("5:37 zero-scale"));
}

TEST(Numbers, OfLimitsAreComparedAfterRounding) {
  EXPECT_THAT(mistakes_in(spec_of({"attribute: {name: a, min: 1.000000001, max: 1}"})),
              testing::IsEmpty());
  EXPECT_THAT(mistakes_in(spec_of({"attribute: {name: a, min: 1.0000002, max: 1}"})),
              testing::ElementsAre("5:35 min-above-max"));
}

}  // namespace
}  // namespace rigjit
