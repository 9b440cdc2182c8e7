// Specs with bases: what they mean together, and mistakes in every file.
#include "spec/bases.h"

#include <sys/stat.h>

#include "plan/plan.h"
#include "spec_files.h"
#include "spec_text.h"

namespace rigjit {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class Bases : public testing::Test {
 protected:
  std::string plan_of(const std::string& path) const {
    const auto plan = read_plan(path);
    return plan ? to_string(**plan) : to_string(plan.errors());
  }
  // "hero.yaml 3:7 code" for each mistake.
  std::vector<std::string> mistakes_of(const std::string& path) const {
    std::vector<std::string> all;
    for (const Error& error : check(path)) {
      const std::string file = error.file.value_or("none").substr(dir_.path().size() + 1);
      all.push_back(file + " " + places_of({error}).front());
    }
    return all;
  }

  SpecDirectory dir_;
};

constexpr const char* kMove = "translation: {axes: x}";

TEST_F(Bases, AreReplacedInPlaceDroppedAndAddedTo) {
  dir_.write("base.yaml", controllers_of({{"a", kMove}, {"b", kMove}, {"c", kMove}, {"d", kMove}}));
  const auto hero = dir_.write(
      "hero.yaml", "base: base.yaml\ndrop: [c]\n" +
                       controllers_of({{"e", kMove}, {"b", "scale: {axes: y}"}, {"f", kMove}}));
  EXPECT_EQ(plan_of(hero),
            "a.translateX = fma(vec[0], 1, 0)\n"
            "b.scaleY = fma(vec[1], 1, 0)\n"
            "d.translateX = fma(vec[2], 1, 0)\n"
            "e.translateX = fma(vec[3], 1, 0)\n"
            "f.translateX = fma(vec[4], 1, 0)\n");
}

TEST_F(Bases, AControllerThatIsDroppedAndListedStandsBehind) {
  dir_.write("base.yaml", controllers_of({{"a", kMove}, {"b", kMove}}));
  const auto hero =
      dir_.write("hero.yaml", "base: base.yaml\ndrop: [a]\n" + controllers_of({{"a", kMove}}));
  EXPECT_EQ(plan_of(hero), "b.translateX = fma(vec[0], 1, 0)\na.translateX = fma(vec[1], 1, 0)\n");
}

TEST_F(Bases, DefaultsAreOfTheirOwnFile) {
  dir_.write("base.yaml", "defaults: {rotate_order: zxy, rot6d: rows}\n" +
                              controllers_of({{"a", "rotation3d: {}"}}));
  const auto hero = dir_.write("hero.yaml", "base: base.yaml\ndefaults: {angle_unit: radians}\n" +
                                                controllers_of({{"b", "rotation3d: {}"}}));
  EXPECT_EQ(plan_of(hero),
            "a.rotateX, rotateY, rotateZ = degrees(euler_zxy(rows(vec[0..5])))\n"
            "b.rotateX, rotateY, rotateZ = euler_xyz(columns(vec[6..11]))\n");
}

TEST_F(Bases, NameAndMetadataAreMergedByKey) {
  dir_.write("base.yaml",
             "name: biped\nmetadata: {unit: cm, up: y}\n" + controllers_of({{"a", kMove}}));
  const auto named =
      dir_.write("hero.yaml", "base: base.yaml\nname: hero\nmetadata: {take: 3, unit: m}\n");
  const auto spec = resolve_source(named);
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->spec.name, "hero");
  EXPECT_THAT(spec->spec.metadata,
              ElementsAre(Pair("unit", "m"), Pair("up", "y"), Pair("take", "3")));
  EXPECT_EQ(resolve_source(dir_.write("same.yaml", "base: base.yaml\n"))->spec.name, "biped");
}

TEST_F(Bases, AreRelativeToTheFileThatNamesThem) {
  dir_.write("common/root.yaml", controllers_of({{"a", kMove}}));
  dir_.write("common/biped.yaml", "base: root.yaml\n" + controllers_of({{"b", kMove}}));
  const auto hero = dir_.write("heroes/hero.yaml", "base: ../common/biped.yaml\ndrop: [a]\n");
  EXPECT_EQ(plan_of(hero), "b.translateX = fma(vec[0], 1, 0)\n");
  const auto spec = resolve_source(hero);
  EXPECT_EQ(spec->files[2].name, dir_.path("heroes/../common/root.yaml"));
  EXPECT_THAT(spec->bases, ElementsAre("../common/biped.yaml", "root.yaml"));
  const auto absolute = dir_.write("other.yaml", "base: " + dir_.path("common/root.yaml") + "\n");
  EXPECT_EQ(plan_of(absolute), "a.translateX = fma(vec[0], 1, 0)\n");
}

TEST_F(Bases, OfATextNeedADirectory) {
  dir_.write("base.yaml", controllers_of({{"a", kMove}}));
  const std::string text = "rigjit: 1\nbase: base.yaml\n";
  EXPECT_THAT(mistakes_in(text), ElementsAre("2:7 unknown-directory"));
  EXPECT_THAT(check(SpecSource::text(text, "text", dir_.path())), IsEmpty());
  EXPECT_THAT(check(SpecSource::text("rigjit: 1\nbase: " + dir_.path("base.yaml") + "\n")),
              IsEmpty());
}

TEST_F(Bases, ASourceIsAPathOrTextsWithTheirBases) {
  dir_.write("base.yaml", controllers_of({{"a", kMove}}));
  const std::string path = dir_.write("hero.yaml", "base: base.yaml\n");
  const SpecSource file = path;
  EXPECT_EQ(file.name(), path);
  EXPECT_THAT(check(file), IsEmpty());
  EXPECT_THAT(check(path), IsEmpty());
  EXPECT_THAT(check(path.c_str()), IsEmpty());
  const std::string text = "rigjit: 1\nbase: base.yaml\n";
  EXPECT_EQ(resolve(SpecSource::text(text, "text", dir_.path())).value(), resolve(path).value());
  EXPECT_EQ(SpecSource::text(text, "text").name(), "text");
  EXPECT_THAT(check(SpecSource::texts({})), Not(IsEmpty()));
}

TEST_F(Bases, AllMistakesOfAllFilesAreReported) {
  dir_.write("root.yaml",
             "bogus: 1\n" + controllers_of({{"a", "translation: {scale: 0}"}, {"z", kMove}}));
  dir_.write("biped.yaml", "base: root.yaml\ndrop: [b, a]\n");
  const auto hero = dir_.write("hero.yaml", "base: biped.yaml\nname:\ndrop: [c]\n" +
                                                controllers_of({{"d", "translation: {axis: x}"}}));
  EXPECT_THAT(mistakes_of(hero),
              ElementsAre("hero.yaml 3:1 empty-value", "hero.yaml 4:8 unknown-controller",
                          "hero.yaml 6:47 unknown-key", "biped.yaml 3:8 unknown-controller",
                          "root.yaml 2:1 unknown-key", "root.yaml 4:54 zero-scale"));
}

TEST_F(Bases, AnUnreadableBaseIsAMistakeOfTheFileThatNamesIt) {
  dir_.write("biped.yaml", "base: gone.yaml\nbogus: 1\n");
  const auto hero = dir_.write("hero.yaml", "base: biped.yaml\ndrop: [who]\n");
  EXPECT_THAT(mistakes_of(hero),
              ElementsAre("biped.yaml 2:7 unreadable-file", "biped.yaml 3:1 unknown-key"));
  const Error error = check(hero).front();
  EXPECT_THAT(error.message, AllOf(HasSubstr("gone.yaml"), HasSubstr("No such file")));
  EXPECT_EQ(error.category, Error::Category::kRig);
  EXPECT_EQ(error.path, "$.base");
}

TEST_F(Bases, APipeIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo(dir_.path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(mistakes_of(dir_.write("hero.yaml", "base: pipe\n")),
              ElementsAre("hero.yaml 2:7 unreadable-file"));
  EXPECT_THAT(mistakes_of(dir_.write("zero.yaml", "base: /dev/zero\n")),
              ElementsAre("zero.yaml 2:7 unreadable-file"));
}

TEST_F(Bases, ACycleIsPrintedWhole) {
  dir_.write("b.yaml", "base: c.yaml\n");
  dir_.write("c.yaml", "base: ./d.yaml\n");
  std::filesystem::create_symlink("b.yaml", dir_.path("d.yaml"));
  const Errors errors = check(dir_.write("a.yaml", "base: b.yaml\n"));
  ASSERT_EQ(errors.size(), 1u) << to_string(errors);
  EXPECT_EQ(errors[0].code, "base-cycle");
  EXPECT_EQ(errors[0].file, dir_.path("c.yaml"));
  EXPECT_THAT(errors[0].message, HasSubstr(": " + dir_.path("b.yaml") + " -> " +
                                           dir_.path("c.yaml") + " -> " + dir_.path("./d.yaml")));
}

TEST_F(Bases, AreAtMostSixteen) {
  dir_.write("0.yaml", controllers_of({{"a", kMove}}));
  for (int i = 1; i <= 17; ++i) {
    dir_.write(std::to_string(i) + ".yaml", "base: " + std::to_string(i - 1) + ".yaml\n");
  }
  EXPECT_THAT(mistakes_of(dir_.path("16.yaml")), IsEmpty());
  EXPECT_THAT(mistakes_of(dir_.path("17.yaml")), ElementsAre("1.yaml 2:7 too-many-bases"));
}

// The limits hold for all files together.
TEST_F(Bases, TogetherAreBounded) {
  std::string text = "x-all: &all\n";
  for (int i = 0; i < 1000; ++i)
    text += "  - constant: {name: c" + std::to_string(i) + ", value: 0}\n";
  text += "controllers:\n";
  std::string more = text;
  for (int i = 0; i < 2001; ++i) {
    text += "  - {name: a" + std::to_string(i) + ", transformations: *all}\n";
    more += "  - {name: b" + std::to_string(i) + ", transformations: *all}\n";
  }
  EXPECT_THAT(mistakes_of(dir_.write("base.yaml", text)), IsEmpty());
  EXPECT_THAT(mistakes_of(dir_.write("hero.yaml", "base: base.yaml\n" + more)),
              ElementsAre("base.yaml 3003:5 too-many-channels"));
}

TEST_F(Bases, ManyMistakesAreCutAcrossFiles) {
  std::string wrong;
  for (int i = 0; i < 700; ++i) wrong += "bogus" + std::to_string(i) + ": 1\n";
  dir_.write("base.yaml", wrong + controllers_of({{"a", kMove}}));
  const auto mistakes = mistakes_of(dir_.write("hero.yaml", "base: base.yaml\n" + wrong));
  ASSERT_EQ(mistakes.size(), 1001u);
  EXPECT_EQ(mistakes[699], "hero.yaml 702:1 unknown-key");
  EXPECT_EQ(mistakes[700], "base.yaml 2:1 unknown-key");
  EXPECT_EQ(mistakes[1000], "base.yaml 301:1 too-many-errors");
}

TEST_F(Bases, GivenTextsAreNotReadFromDisk) {
  const auto spec = resolve_bases({{"a.yaml", "rigjit: 1\nbase: nowhere/b.yaml\n"},
                                   {"b", "rigjit: 1\n" + controllers_of({{"a", kMove}})}},
                                  std::nullopt);
  ASSERT_TRUE(spec) << to_string(spec.errors());
  EXPECT_EQ(spec->spec.controllers.size(), 1u);
}

TEST_F(Bases, TextsOfAnybodyReadNothingFromDisk) {
  const std::string base = dir_.write("base.yaml", controllers_of({{"a", kMove}}));
  const auto spec = resolve_texts({{"a.yaml", "rigjit: 1\nbase: " + base + "\n"}});
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.errors().front().code, "missing-base");
}

TEST_F(Bases, MarksAtTheBeginningMoveNoPlace) {
  std::ofstream(dir_.path("base.yaml")) << "\xEF\xBB\xBFrigjit: 1\nbogus: 1\n"
                                        << controllers_of({{"a", kMove}});
  EXPECT_THAT(mistakes_of(dir_.write("hero.yaml", "base: base.yaml\n")),
              ElementsAre("base.yaml 2:1 unknown-key"));
}

}  // namespace
}  // namespace rigjit
