// What a good spec says, and all mistakes of a bad one at once.
#include "lower/lower.h"
#include "spec_text.h"

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// The example of the format's description.
constexpr const char* kExample = R"(# yaml-language-server: $schema=rigjit.schema.json
rigjit: 1
name: pocoyo
metadata: {unit: cm, up_axis: y}
x-limb: &limb
  - rotation1d: {axis: y, order: sin_cos}
defaults:
  rotate_order: xyz
  angle_unit: degrees
  rot6d: columns
controllers:
  - name: x_main_CTRL
    transformations:
      - translation: {axes: xyz, scale: 25, center: 0}
      - rotation3d: {rotate_order: zxy}
      - scale: {axes: xz, scale: [0.9, 1.1], center: 1}
  - name: l_elbow_CTRL
    transformations:
      - rotation1d: {axis: y, order: cos_sin}
      - attribute: {name: FK_roll, type: float, scale: 0.5, center: 0.5, min: 0, max: 1}
      - constant: {name: IK_FK, value: 1}
  - name: head
    transformations:
      - rotation3d: {output: quaternion}
  - name: r_elbow_CTRL
    transformations: *limb
)";

constexpr const char* kExamplePlan =
    R"(x_main_CTRL.translateX = fma(vec[0], 25, 0)
x_main_CTRL.translateY = fma(vec[1], 25, 0)
x_main_CTRL.translateZ = fma(vec[2], 25, 0)
x_main_CTRL.rotateX, rotateY, rotateZ = degrees(euler_zxy(columns(vec[3..8])))
x_main_CTRL.scaleX = fma(vec[9], 0.9, 1)
x_main_CTRL.scaleZ = fma(vec[10], 1.1, 1)
l_elbow_CTRL.rotateY = degrees(atan2(vec[12], vec[11]))
l_elbow_CTRL.FK_roll = min(max(fma(vec[13], 0.5, 0.5), 0), 1)
l_elbow_CTRL.IK_FK = 1
head.quaternionW, quaternionX, quaternionY, quaternionZ = quaternion(columns(vec[14..19]))
r_elbow_CTRL.rotateY = degrees(atan2(vec[20], vec[21]))
)";

TEST(Parse, ReadsTheExample) {
  const auto spec = parse(kExample, "example");
  ASSERT_TRUE(spec) << to_string(spec.errors());
  EXPECT_EQ(spec->name, "pocoyo");
  EXPECT_THAT(spec->metadata, ElementsAre(Pair("unit", "cm"), Pair("up_axis", "y")));
  EXPECT_EQ(spec->controllers.size(), 4u);
  EXPECT_EQ(to_string(lower(*spec)), kExamplePlan);
}

TEST(Parse, NeedsNoNameAndNoOptions) {
  EXPECT_THAT(mistakes_in(spec_of({"rotation3d: {}", "translation: {}", "scale: {}"})), IsEmpty());
}

TEST(Parse, KeepsMetadataAsText) {
  const auto spec = parse(
      "metadata: {fps: 24000/1001, on: yes, n: 1_0, q: '1', 7: x}\n" + spec_of({"translation: {}"}),
      "spec");
  ASSERT_TRUE(spec) << to_string(spec.errors());
  EXPECT_THAT(spec->metadata, ElementsAre(Pair("fps", "24000/1001"), Pair("on", "yes"),
                                          Pair("n", "1_0"), Pair("q", "1"), Pair("7", "x")));
}

TEST(Parse, LetsUserKeysHoldAnything) {
  EXPECT_THAT(
      mistakes_in("x-a:\nx-b: {null: [~, {<<: 1}]}\n'x-': 1\n" + spec_of({"translation: {}"})),
      IsEmpty());
}

TEST(Parse, LetsRotationsAndRawAnglesShareAController) {
  EXPECT_THAT(mistakes_in(spec_of({"rotation1d: {axis: x}", "rotation1d: {axis: z}",
                                   "attribute: {name: rotateY}",
                                   "rotation3d: {output: quaternion, rotate_order: zyx}"})),
              IsEmpty());
}

TEST(Parse, ReadsAnyStyleOfYaml) {
  const char* json =
      R"({"rigjit":1,"controllers":[{"name":"a","transformations":[{"scale":{}}]}]})";
  EXPECT_THAT(mistakes_in(json), IsEmpty());
  EXPECT_THAT(mistakes_in("%YAML 1.2\n---\n" + spec_of({"translation: {}"}) + "...\n"), IsEmpty());
  EXPECT_THAT(mistakes_in("\xEF\xBB\xBF" + spec_of({"translation: {}"})), IsEmpty());
  EXPECT_THAT(mistakes_in("rigjit: 1\r\ncontrollers:\r\n- name: >-\r\n    a\r\n    b\r\n"
                          "  transformations:\r\n  - translation: {axes:\tx}\r\n"),
              IsEmpty());
  EXPECT_THAT(mistakes_in("? rigjit\n: 1\n? controllers\n: - name: |-\n      a\n"
                          "    transformations: [translation: {}]\n"),
              IsEmpty());
}

constexpr const char* kManyMistakes = R"(rigjit: 2
Name: a
metadata: {a: {b: c}, é: [1], n: }
defaults: {rotate_order: XYZ, angle_units: deg}
controllers:
  - name: A
    transformations:
      - translation: {axis: xy, scale: 0}
      - rotation1d: {axis: X}
      - rotation3d
      - rotation3d:
      - attribute: {name: null, type: num, min: 3, max: 1e60}
      - scale: {axes: xx, center: [1, 2, a]}
      - constant: {name: translateX, value: 0x10}
      - constant: {value: 1_000}
  - name: A
    transformations: []
)";

TEST(Parse, ReportsEveryMistakeAtOnce) {
  EXPECT_THAT(
      mistakes_in(kManyMistakes),
      ElementsAre("1:9 newer-version", "2:1 unknown-key", "3:15 wrong-type", "3:26 wrong-type",
                  "3:31 empty-value", "4:26 unknown-value", "4:31 unknown-key", "8:23 unknown-key",
                  "8:40 zero-scale", "9:28 unknown-value", "10:9 wrong-type", "11:9 empty-value",
                  "12:27 null-value", "12:39 unknown-value", "12:57 not-finite",
                  "13:23 duplicate-axis", "13:42 not-a-number", "14:45 not-a-number",
                  "15:19 missing-key", "15:27 not-a-number", "16:11 duplicate-controller",
                  "17:22 empty-list"));
}

Error only_error(const std::string& text) {
  const Errors errors = check(SpecSource::text(text, "rig.yaml"));
  EXPECT_EQ(errors.size(), 1u) << to_string(errors);
  return errors.empty() ? Error{} : errors[0];
}

TEST(Parse, SaysEverythingAboutAMistake) {
  const Error error = only_error(spec_of({"translation: {}", "scale: {axis: xy}"}));
  EXPECT_EQ(error.code, "unknown-key");
  EXPECT_EQ(error.file, "rig.yaml");
  EXPECT_EQ(error.line, 6u);
  EXPECT_EQ(error.column, 17u);
  EXPECT_EQ(error.path, "$.controllers[0].transformations[1]");
  EXPECT_EQ(error.suggestion, "axes");
}

TEST(Parse, PathsLeadToTheValue) {
  EXPECT_EQ(only_error(spec_of({"scale: {axes: xy, scale: [1, 0]}"})).path,
            "$.controllers[0].transformations[0].scale[1]");
  EXPECT_EQ(only_error("metadata: {\"a \\\" b\": []}\n" + spec_of({"scale: {}"})).path,
            "$.metadata[\"a \\\" b\"]");
  EXPECT_EQ(only_error("rigjit: 1\ncontrollers: []\n").path, "$.controllers");
}

TEST(Parse, TakesAMisspeltKeyForTheOneThatIsMissing) {
  EXPECT_EQ(only_error(spec_of({"constant: {nmae: a, value: 1}"})).suggestion, "name");
  EXPECT_EQ(only_error(spec_of({"rotation1d: {axes: x}"})).suggestion, "axis");
}

TEST(Parse, SuggestsMappingsForBareKinds) {
  EXPECT_EQ(only_error(spec_of({"rotation3d"})).suggestion, "rotation3d: {}");
  EXPECT_EQ(only_error(spec_of({"rotation3d:"})).suggestion, "{}");
  EXPECT_EQ(only_error(spec_of({"rotation_3d: {}"})).suggestion, "rotation3d");
}

TEST(Parse, AllowsAliasesWhereverValuesMayStand) {
  EXPECT_THAT(mistakes_in("rigjit: 1\nx-n: &n head\nx-s: &s [1, &two 2, *two]\ncontrollers:\n"
                          "  - name: *n\n    transformations: &t [translation: &o {scale: *s}]\n"
                          "  - name: tail\n    transformations: *t\n"
                          "  - name: toe\n    transformations: [scale: *o, translation: *o]\n"),
              IsEmpty());
}

}  // namespace
}  // namespace rigjit
