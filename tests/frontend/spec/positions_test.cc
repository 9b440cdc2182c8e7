// Lines and columns of errors: from 1, columns in characters.
#include "spec_text.h"

namespace rigjit {
namespace {

using testing::ElementsAre;

TEST(Positions, CountCharactersNotBytes) {
  EXPECT_THAT(mistakes_in(spec_of({"attribute: {name: größe_頭_😀, scale: 0}"})),
              ElementsAre("5:45 zero-scale"));
}

TEST(Positions, OfYamlErrorsCountCharactersToo) {
  EXPECT_THAT(mistakes_in("rigjit: 1\nname: {ä: [ö, ü}\n"), ElementsAre("2:16 not-yaml"));
}

TEST(Positions, DoNotCountAByteOrderMark) {
  EXPECT_THAT(mistakes_in("\xEF\xBB\xBFrigjit: 2\ncontrollers: []\n"),
              ElementsAre("1:9 newer-version", "2:14 empty-list"));
}

TEST(Positions, AreTheSameWithCarriageReturns) {
  EXPECT_THAT(mistakes_in("rigjit: 2\r\n# comment\r\n\r\ncontrollers: []\r\n"),
              ElementsAre("1:9 newer-version", "4:14 empty-list"));
}

TEST(Positions, CountATabAsOneCharacter) {
  EXPECT_THAT(mistakes_in("rigjit:\t\t2\ncontrollers: []\n"),
              ElementsAre("1:10 newer-version", "2:14 empty-list"));
}

TEST(Positions, OfValuesAreBehindTheirAnchors) {
  EXPECT_THAT(mistakes_in("rigjit: &v 2\ncontrollers: &c !!seq []\n"),
              ElementsAre("1:12 newer-version", "2:23 empty-list"));
}

TEST(Positions, OfQuotedValuesAreTheirQuotes) {
  EXPECT_THAT(mistakes_in(spec_of({"translation: {scale: '1'}"})),
              ElementsAre("5:30 not-a-number"));
}

TEST(Positions, OfEmptyValuesAreTheirKeys) {
  EXPECT_THAT(
      mistakes_in("rigjit: 1\nmetadata:\n  a:\n  b:\n    # comment\n  c:\ncontrollers:\n\n"),
      ElementsAre("3:3 empty-value", "4:3 empty-value", "6:3 empty-value", "7:1 empty-value"));
  EXPECT_THAT(mistakes_in("{rigjit: , controllers}"),
              ElementsAre("1:2 empty-value", "1:12 empty-value"));
}

// yaml-cpp gives the empty value the place of the key `null` behind it.
TEST(Positions, OfAnEmptyValueBeforeAKeyCalledNull) {
  EXPECT_THAT(mistakes_in("rigjit: 1\nname:\nnull: 1\ncontrollers: []\n"),
              ElementsAre("2:1 empty-value", "3:1 null-key", "4:14 empty-list"));
  EXPECT_THAT(mistakes_in("rigjit: 1\nmetadata:\n  unit:\nnull: 1\ncontrollers: []\n"),
              ElementsAre("3:3 empty-value", "4:1 null-key", "5:14 empty-list"));
}

TEST(Positions, OfEmptyItemsAreTheirDashes) {
  EXPECT_THAT(mistakes_in("rigjit: 1\ncontrollers:\n  -  # one\n\n  # two\n  -\n"),
              ElementsAre("3:3 empty-value", "6:3 empty-value"));
}

TEST(Positions, OfMissingKeysAreTheFirstLineOfTheirMapping) {
  EXPECT_THAT(mistakes_in("# A rig.\n\nrigjit: 1\ncontrollers:\n  -\n    transformations:\n"
                          "      - rotation1d: {}\n"),
              ElementsAre("6:5 missing-key", "7:21 missing-key"));
}

TEST(Positions, OfSharedValuesAreWhereTheyAreWritten) {
  const Errors errors = check(
      SpecSource::text("rigjit: 1\nx-a: &t [translation: {scale: 0}]\ncontrollers:\n"
                       "  - {name: a, transformations: *t}\n  - {name: b, transformations: *t}\n"));
  EXPECT_THAT(places_of(errors), ElementsAre("2:31 zero-scale"));
  EXPECT_EQ(errors[0].path, "$.controllers[0].transformations[0].scale");
}

}  // namespace
}  // namespace rigjit
