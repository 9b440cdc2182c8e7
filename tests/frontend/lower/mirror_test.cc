// Who mirrors onto whom, and with which signs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lower/lower.h"
#include "lower/write_spec.h"
#include "spec/mirror_names.h"
#include "spec_text.h"

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<MirrorSpec::Pair> kPairs = {{"l_", "r_"},      {"_l", "_r"}, {".L", ".R"},
                                              {"Left", "Right"}, {"L", "R"},   {"左", "右"}};

TEST(MirrorNames, TextsCountWhereTheyAreNoPartOfAWord) {
  const std::pair<const char*, const char*> cases[] = {{"l_arm_CTRL", "r_arm_CTRL"},
                                                       {"heel_CTRL", "heel_CTRL"},
                                                       {"hand_l_CTRL", "hand_r_CTRL"},
                                                       {"arm_l", "arm_r"},
                                                       {"arm_l2", "arm_r2"},
                                                       {"arm_lower", "arm_lower"},
                                                       {"brow.B.L.001", "brow.B.R.001"},
                                                       {"brow.Lower", "brow.Lower"},
                                                       {"mixamorig:LeftArm", "mixamorig:RightArm"},
                                                       {"armLeft", "armRight"},
                                                       {"LArm", "RArm"},
                                                       {"BLArm", "BLArm"},
                                                       {"ARM_L", "ARM_R"},
                                                       {"|grp|l_grp|l_arm", "|grp|r_grp|r_arm"},
                                                       {"l_to_r_CTRL", "r_to_l_CTRL"},
                                                       {"左腕", "右腕"},
                                                       {"head", "head"}};
  for (const auto& [name, mirrored] : cases) {
    EXPECT_EQ(mirrored_name(name, kPairs), mirrored);
    EXPECT_EQ(mirrored_name(mirrored, kPairs), name);
  }
}

constexpr const char* kSpec = R"(rigjit: 1
mirror:
  pairs: [[l_, r_]]
  translation: [-1, 1, 1]
  rotation: [1, -1, -1]
  controllers:
    head: {rotation: [-1, -1, 1], attributes: {tilt: -1}}
    l_foot: {translation: [1, 1, -1]}
    sword: {partner: shield}
    r_lone: {}
controllers:
  - {name: l_foot, transformations: [translation: {axes: xz}, rotation1d: {axis: y}]}
  - {name: head, transformations: [attribute: {name: tilt}, attribute: {name: nod}, rotation3d: {output: quaternion}]}
  - {name: r_foot, transformations: [rotation1d: {axis: y, order: cos_sin, angle_unit: radians}, translation: {axes: zx, scale: 3}, constant: {name: c, value: 1}]}
  - {name: sword, transformations: [attribute: {name: rotateX}, scale: {axes: x}]}
  - {name: shield, transformations: [attribute: {name: rotateX}, scale: {axes: x}]}
  - {name: r_lone, transformations: [attribute: {name: rotateZ}]}
)";

Plan plan_of(const std::string& text) {
  const auto spec = parse(text, "test");
  EXPECT_TRUE(spec) << to_string(spec.errors());
  return spec ? lower(*spec, "hero") : Plan{};
}

TEST(Mirror, GivesEachControllerAPartnerAndEachChannelASign) {
  const Plan plan = plan_of(kSpec);
  ASSERT_TRUE(plan.mirror());
  EXPECT_THAT(plan.mirror()->partners, ElementsAre(2, 1, 0, 4, 3, 5));
  EXPECT_THAT(plan.mirror()->signs, ElementsAre(1, -1, -1,            // l_foot
                                                -1, 1, 1, -1, -1, 1,  // head
                                                -1, -1, 1, 1,         // r_foot
                                                1, 1, 1, 1,           // sword, shield
                                                -1));
  EXPECT_THAT(to_string(plan), HasSubstr("mirror hero:l_foot <-> hero:r_foot\nmirror hero:head\n"));
}

TEST(Mirror, ChangesNoHash) {
  std::string text = kSpec;
  text.erase(text.find("mirror:"), text.find("controllers:\n  - ") - text.find("mirror:"));
  const Plan plain = plan_of(text);
  EXPECT_FALSE(plain.mirror());
  EXPECT_EQ(rig_hash(plain), rig_hash(plan_of(kSpec)));
}

TEST(Mirror, SurvivesBeingWritten) {
  const auto spec = parse(kSpec, "test");
  ASSERT_TRUE(spec);
  const Plan plan = plan_of(kSpec);
  const std::string written = write_spec(*spec);
  const Plan again = plan_of(written);
  ASSERT_TRUE(again.mirror()) << written;
  EXPECT_EQ(again.mirror()->partners, plan.mirror()->partners);
  EXPECT_EQ(again.mirror()->signs, plan.mirror()->signs);
}

TEST(Mirror, MismatchesNameBothPartners) {
  const auto spec = parse(R"(rigjit: 1
mirror: {pairs: [[l_, r_]], translation: [-1, 1, 1], rotation: [1, -1, -1]}
controllers:
  - {name: l_a, transformations: [rotation3d: {rotate_order: zxy}]}
  - {name: r_a, transformations: [rotation3d: {}]}
  - {name: l_b, transformations: [rotation3d: {rot6d: rows}]}
  - {name: r_b, transformations: [rotation3d: {}]}
  - {name: l_c, transformations: [attribute: {name: x, type: enum, names: [a, b]}]}
  - {name: r_c, transformations: [attribute: {name: x, type: enum, names: [b, a]}]}
  - {name: l_d, transformations: [attribute: {name: x, type: int}]}
  - {name: r_d, transformations: [attribute: {name: x}]}
)",
                          "test");
  ASSERT_FALSE(spec);
  ASSERT_EQ(spec.errors().size(), 8u) << to_string(spec.errors());
  for (const Error& error : spec.errors()) {
    EXPECT_EQ(error.code, "mirror-mismatch");
    EXPECT_EQ(error.line, 2u);
    EXPECT_EQ(error.path, "$.mirror");
  }
  EXPECT_THAT(spec.errors()[0].message, HasSubstr("'l_a' has rotation3d {rotate_order: zxy, rot6d: "
                                                  "columns}, its partner 'r_a' has not"));
  EXPECT_THAT(
      spec.errors()[4].message,
      HasSubstr("'l_c' has attribute 'x' {type: enum, encoding: index, names: ['a', 'b']}"));
  EXPECT_THAT(spec.errors()[6].message, HasSubstr("'l_d' has attribute 'x' {type: int}"));
}

TEST(Mirror, EnumsWhoseNamesDifferBySideArePartners) {
  const Plan plan = plan_of(R"(rigjit: 1
mirror: {pairs: [[.L, .R]], translation: [-1, 1, 1], rotation: [1, -1, -1]}
controllers:
  - {name: hand.L, transformations: [attribute: {name: parent, type: enum, names: [root, shoulder.L]}]}
  - {name: hand.R, transformations: [attribute: {name: parent, type: enum, names: [root, shoulder.R]}]}
  - {name: foot.L, transformations: [attribute: {name: side, type: enum, names: [a.L, a.R], encoding: one_hot}]}
  - {name: foot.R, transformations: [attribute: {name: side, type: enum, names: [a.R, a.L], encoding: one_hot}]}
  - {name: arm.L, transformations: [attribute: {name: parent, type: enum, names: [root, a.L]}]}
  - {name: arm.R, transformations: [attribute: {name: parent, type: enum, names: [root, a.L]}]}
)");
  ASSERT_TRUE(plan.mirror());
  EXPECT_THAT(plan.mirror()->partners, ElementsAre(1, 0, 3, 2, 5, 4));
}

TEST(Mirror, GivesBoolsAndEnumsNoSign) {
  const Plan plan = plan_of(R"(rigjit: 1
mirror: {pairs: [[l_, r_]], translation: [-1, 1, 1], rotation: [-1, -1, 1]}
controllers:
  - name: c
    transformations:
      - attribute: {name: translateX, type: int}
      - attribute: {name: rotateX, type: bool}
      - attribute: {name: rotateY, type: enum, names: [a, b], encoding: one_hot}
)");
  EXPECT_THAT(plan.mirror()->signs, ElementsAre(-1, 1, 1));
}

}  // namespace
}  // namespace rigjit
