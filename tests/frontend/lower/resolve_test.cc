// A flat spec says what the spec and its bases said.
#include "lower/write_spec.h"
#include "plan/plan.h"
#include "spec/unseen.h"
#include "spec_files.h"
#include "spec_text.h"

namespace rigjit {
namespace {

using testing::HasSubstr;

std::string canonical(const std::string& text) {
  const auto plan = read_plan(SpecSource::text(text));
  return plan ? rig_hash(**plan).to_hex() : to_string(plan.errors());
}

// Resolves, and checks that it means the same and is itself flat.
std::string resolved(const std::string& text) {
  const auto flat = resolve(SpecSource::text(text));
  if (!flat) return to_string(flat.errors());
  EXPECT_EQ(canonical(*flat), canonical(text)) << *flat;
  EXPECT_EQ(resolve(SpecSource::text(*flat)).value(), *flat);
  return *flat;
}

TEST(Resolve, WritesWhatIsNotTheDefault) {
  EXPECT_EQ(
      resolved("rigjit: 1\n"
               "x-note: gone  # as are comments\n"
               "name: hero\n"
               "metadata: {unit: cm, take: 3}\n"
               "defaults: {rotate_order: zxy, angle_unit: radians}\n" +
               spec_of({"translation: {axes: zx, scale: [12.5, 4], center: -3}",
                        "scale: {scale: 1, center: 0}", "rotation1d: {axis: y, order: cos_sin}",
                        "attribute: {name: roll, scale: 1e20, center: -0.0, min: 0, max: 1}",
                        "constant: {name: IK_FK, value: 1e-7}",
                        "rotation3d: {output: quaternion, rot6d: rows}"})
                   .substr(std::string("rigjit: 1\n").size())),
      "rigjit: 1\n"
      "name: hero\n"
      "metadata:\n"
      "  unit: cm\n"
      "  take: \"3\"\n"
      "controllers:\n"
      "  - name: head\n"
      "    transformations:\n"
      "      - translation: {axes: zx, scale: [12.5, 4], center: -3}\n"
      "      - scale: {axes: xyz}\n"
      "      - rotation1d: {axis: y, order: cos_sin, angle_unit: radians}\n"
      "      - attribute: {name: roll, scale: 1.0e+20, center: -0, min: 0, max: 1}\n"
      "      - constant: {name: IK_FK, value: 1.0e-07}\n"
      "      - rotation3d: {rotate_order: zxy, rot6d: rows, angle_unit: radians, output: "
      "quaternion}\n");
}

TEST(Resolve, KeepsWhatAnglesMeanThatCannotSayIt) {
  const std::string flat = resolved(
      "rigjit: 1\n"
      "defaults: {rotate_order: zxy, angle_unit: radians}\n"
      "controllers:\n"
      "  - {name: a, transformations: [rotation1d: {axis: x, angle_unit: degrees}, attribute: "
      "{name: rotateY}]}\n"
      "  - {name: b, transformations: [rotation3d: {rotate_order: xyz}]}\n");
  EXPECT_THAT(flat, HasSubstr("defaults: {rotate_order: zxy, angle_unit: radians}\n"));
  EXPECT_THAT(flat, HasSubstr("rotation1d: {axis: x, angle_unit: degrees}\n"));
  EXPECT_THAT(flat, HasSubstr("rotation3d: {rotate_order: xyz}\n"));
}

TEST(Resolve, WritesTypesAndLimits) {
  const std::vector<std::string> lines = {
      "translation: {axes: xyz, min: [-1, none, 2.5], max: 40, limit: error}",
      "scale: {axes: y, min: 0.5}",
      "rotation1d: {axis: x, min: -140, max: 0}",
      "attribute: {name: a, max: 2, limit: error}",
      "attribute: {name: b, type: bool, scale: 2, center: -1}",
      "attribute: {name: c, type: int, min: 0, max: 10, limit: error}",
      "attribute: {name: d, type: int}",
      "attribute: {name: e, type: enum, names: [IK, \"no\", \"a, b\"], scale: 3}",
      "attribute: {name: f, type: enum, names: [IK], limit: error}",
      "attribute: {name: g, type: enum, names: [\"手\", b], encoding: one_hot}"};
  const std::string flat = resolved(spec_of(lines));
  for (const std::string& line : lines) {
    EXPECT_THAT(flat, HasSubstr(line)) << line;
  }
  EXPECT_THAT(resolved(spec_of({"rotation3d: {min: [-45, none, -90], max: [45, 90, none]}"})),
              HasSubstr("min: [-45, none, -90], max: [45, 90, none]"));
}

TEST(Resolve, QuotesNames) {
  for (const char* name :
       {"no",   "Yes",  "NULL",      "~",   "1_000", "12:30", "0x1f", ".5", "=",  "y", "on",
        "a: b", "a #b", "|grp|ctrl", "- a", "",      "[a]",   "{",    "!x", "&a", "*a"}) {
    RigSpec spec;
    spec.name = *name == '\0' ? "x" : name;
    spec.metadata = {{"key", name}, {name, "value"}};
    spec.controllers = {{spec.name, {TranslationSpec{{{0}, {1}, {0}}}}}};
    const std::string text = write_spec(spec);
    const auto read = parse(text, "flat");
    ASSERT_TRUE(read) << to_string(read.errors()) << text;
    EXPECT_EQ(read->name, spec.name);
    EXPECT_EQ(read->controllers[0].name, spec.name);
    EXPECT_EQ(read->metadata, spec.metadata);
    if (*name != '\0') {
      EXPECT_THAT(text, HasSubstr("name: \"")) << name;
    }
  }
}

TEST(Resolve, EveryCharacterSurvives) {
  RigSpec spec;
  for (uint32_t code = 1; code < 0x20000; code += code < 0x3100 ? 1 : 97) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text = "a";
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else if (code < 0x800) {
      text += {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
    } else if (code < 0x10000) {
      text += {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
               static_cast<char>(0x80 | (code & 63))};
    } else {
      text += {static_cast<char>(0xF0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 63)),
               static_cast<char>(0x80 | (code >> 6 & 63)), static_cast<char>(0x80 | (code & 63))};
    }
    // Metadata is free text; names hold nothing that is not seen.
    spec.metadata.emplace_back(text, text + "\xEF\xBB\xBF");
    if (find_unseen(text + "z")) continue;
    spec.controllers.push_back({text + "z", {ConstantSpec{text + "z", 1}}});
  }
  spec.metadata.insert(spec.metadata.end(),
                       {{std::string(3000, 'k'), std::string(3000, ' ') + "\n\t"}, {"\n", "\\\""}});
  const auto read = parse(write_spec(spec), "flat");
  ASSERT_TRUE(read) << to_string(read.errors());
  EXPECT_EQ(read->metadata, spec.metadata);
  ASSERT_EQ(read->controllers.size(), spec.controllers.size());
  for (std::size_t i = 0; i < spec.controllers.size(); ++i) {
    EXPECT_EQ(read->controllers[i].name, spec.controllers[i].name);
    EXPECT_EQ(std::get<ConstantSpec>(read->controllers[i].transformations[0]).name,
              std::get<ConstantSpec>(spec.controllers[i].transformations[0]).name);
  }
}

TEST(Resolve, MergesBases) {
  const SpecDirectory dir;
  dir.write("base.yaml", "defaults: {rotate_order: zxy}\n" +
                             controllers_of({{"a", "rotation3d: {}"}, {"b", "translation: {}"}}));
  const auto hero = dir.write("hero.yaml", "base: base.yaml\ndrop: [b]\n");
  EXPECT_EQ(resolve(hero).value(),
            "rigjit: 1\ncontrollers:\n  - name: a\n    transformations:\n"
            "      - rotation3d: {rotate_order: zxy}\n");
}

TEST(Resolve, ReportsMistakes) {
  EXPECT_EQ(resolve(SpecSource::text("rigjit: 1")).errors().front().code, "missing-key");
  EXPECT_EQ(resolve("/nowhere.yaml").errors().front().code, "unreadable-file");
}

TEST(Resolve, RefusesToWriteWhatIsTooLongForASpec) {
  std::string text =
      "rigjit: 1\nx-name: &name \"" + std::string(60'000, 'n') + "\"\ncontrollers:\n";
  for (int i = 0; i < 600; ++i) {
    text += "  - {name: c" + std::to_string(i) +
            ", transformations: [constant: {name: *name, value: 1}]}\n";
  }
  EXPECT_EQ(resolve(SpecSource::text(text)).errors().front().code, "file-too-large");
}

}  // namespace
}  // namespace rigjit
