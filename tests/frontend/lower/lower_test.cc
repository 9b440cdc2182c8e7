// Specs against the Plan they mean.
#include "lower/lower.h"

#include "spec_text.h"

namespace rigjit {
namespace {

Plan plan_of(const std::string& text) {
  const auto spec = parse(text, "spec");
  EXPECT_TRUE(spec) << (spec ? "" : to_string(spec.errors()));
  return spec ? lower(*spec) : Plan{};
}

template <typename T>
const T& operation(const Plan& plan, std::size_t i) {
  return std::get<T>(plan.operations().at(i));
}

TEST(Lower, KeepsTheOrderOfTheFile) {
  const Plan plan = plan_of(
      "rigjit: 1\ncontrollers:\n"
      "  - name: b\n    transformations:\n      - scale: {axes: zx}\n      - translation: {axes: "
      "y}\n"
      "  - name: a\n    transformations:\n      - constant: {name: k, value: 2}\n"
      "      - rotation1d: {axis: z}\n");
  ASSERT_EQ(plan.controllers().size(), 2u);
  EXPECT_EQ(plan.controllers()[0].name, "b");
  EXPECT_THAT(plan.attributes(),
              testing::ElementsAre("scaleZ", "scaleX", "translateY", "k", "rotateZ"));
  EXPECT_EQ(plan.input_count(), 5u);
}

TEST(Lower, GivesScalesAndCentersToTheirAxes) {
  const Plan plan = plan_of(spec_of({"translation: {axes: zy, scale: [2, 3], center: 5}"}));
  EXPECT_EQ(operation<Affine>(plan, 0).scale, 2);
  EXPECT_EQ(operation<Affine>(plan, 1).scale, 3);
  EXPECT_EQ(operation<Affine>(plan, 0).center, 5);
  EXPECT_EQ(operation<Affine>(plan, 1).center, 5);
  EXPECT_THAT(plan.attributes(), testing::ElementsAre("translateZ", "translateY"));
}

TEST(Lower, DefaultsGuessNothing) {
  const Plan plan = plan_of(spec_of({"scale: {}", "rotation3d: {}", "attribute: {name: a}"}));
  EXPECT_EQ(operation<Affine>(plan, 0).scale, 1);
  EXPECT_EQ(operation<Affine>(plan, 0).center, 0);
  const auto& rotation = operation<Rotation>(plan, 3);
  EXPECT_EQ(rotation.order, RotateOrder::kXYZ);
  EXPECT_EQ(rotation.layout, Rot6dLayout::kColumns);
  EXPECT_EQ(rotation.unit, AngleUnit::kDegrees);
  EXPECT_EQ(rotation.output, RotationOutput::kEuler);
  EXPECT_EQ(operation<Affine>(plan, 4).min, -std::numeric_limits<float>::infinity());
  EXPECT_EQ(operation<Affine>(plan, 4).max, std::numeric_limits<float>::infinity());
}

TEST(Lower, SpecDefaultsHoldWhereverTheyStand) {
  const std::string controllers =
      "controllers:\n  - name: a\n    transformations:\n      - rotation3d: {}\n"
      "  - name: b\n    transformations:\n      - rotation3d: {rotate_order: yxz, angle_unit: "
      "degrees,"
      " rot6d: columns}\n      - rotation1d: {axis: x, order: cos_sin}\n";
  const std::string defaults =
      "defaults: {rotate_order: zxy, angle_unit: radians, rot6d: interleaved}\n";
  std::string text = "rigjit: 1\n" + controllers + defaults;
  text.replace(
      text.find("      - rotation1d: {axis: x"), std::string::npos,
      "  - name: c\n    transformations:\n      - rotation1d: {axis: x, order: cos_sin}\n" +
          defaults);
  const Plan plan = plan_of(text);
  EXPECT_EQ(operation<Rotation>(plan, 0).order, RotateOrder::kZXY);
  EXPECT_EQ(operation<Rotation>(plan, 0).layout, Rot6dLayout::kInterleaved);
  EXPECT_EQ(operation<Rotation>(plan, 0).unit, AngleUnit::kRadians);
  EXPECT_EQ(operation<Rotation>(plan, 1).order, RotateOrder::kYXZ);
  EXPECT_EQ(operation<Rotation>(plan, 1).layout, Rot6dLayout::kColumns);
  EXPECT_EQ(operation<Rotation>(plan, 1).unit, AngleUnit::kDegrees);
  EXPECT_TRUE(operation<Angle>(plan, 2).cos_first);
  EXPECT_EQ(operation<Angle>(plan, 2).unit, AngleUnit::kRadians);
}

TEST(Lower, KnowsEveryWord) {
  const std::pair<const char*, RotateOrder> orders[] = {
      {"xyz", RotateOrder::kXYZ}, {"yzx", RotateOrder::kYZX}, {"zxy", RotateOrder::kZXY},
      {"xzy", RotateOrder::kXZY}, {"yxz", RotateOrder::kYXZ}, {"zyx", RotateOrder::kZYX}};
  for (const auto& [word, order] : orders) {
    const Plan plan = plan_of(spec_of({"rotation3d: {rotate_order: " + std::string(word) + "}"}));
    EXPECT_EQ(operation<Rotation>(plan, 0).order, order) << word;
  }
  const std::pair<const char*, Rot6dLayout> layouts[] = {
      {"columns", Rot6dLayout::kColumns},
      {"rows", Rot6dLayout::kRows},
      {"interleaved", Rot6dLayout::kInterleaved}};
  for (const auto& [word, layout] : layouts) {
    const Plan plan = plan_of(spec_of({"rotation3d: {rot6d: " + std::string(word) + "}"}));
    EXPECT_EQ(operation<Rotation>(plan, 0).layout, layout) << word;
  }
}

TEST(Lower, HashIgnoresCommentsKeyOrderAndMetadata) {
  const Hash128 plain = rig_hash(plan_of(spec_of({"attribute: {name: a, scale: 2, min: 0}"})));
  EXPECT_EQ(plain,
            rig_hash(plan_of("name: other\nmetadata: {a: b}\nx-a: [1]\n" +
                             spec_of({"attribute: {min: 0.0, scale: 2e0, name: 'a'} # c"}))));
  EXPECT_NE(plain.to_hex(),
            rig_hash(plan_of(spec_of({"attribute: {name: a, scale: 3, min: 0}"}))).to_hex());
}

}  // namespace
}  // namespace rigjit
