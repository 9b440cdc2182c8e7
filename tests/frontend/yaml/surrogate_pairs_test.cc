// JSON writes characters beyond U+FFFF as two escapes.
#include <gmock/gmock.h>

#include "spec/bases.h"
#include "spec_text.h"

namespace rigjit {
namespace {

// The name of the controller in such a spec, or its mistakes.
std::string name_in(const std::string& yaml) {
  const auto spec = parse("{\"rigjit\": 1, \"controllers\": [{\"name\": " + yaml +
                              ", \"transformations\": [{\"translation\": {}}]}]}",
                          "json");
  return spec ? spec->controllers[0].name : to_string(spec.errors());
}

TEST(SurrogatePairs, AreOneCharacter) {
  EXPECT_EQ(name_in(R"("\uD83D\uDE00")"), "😀");
  EXPECT_EQ(name_in(R"("a\ud83d\ude00b\uD83D\uDE00")"), "a😀b😀");
  EXPECT_EQ(name_in(R"("\uD800\uDC00")"), "\U00010000");
  EXPECT_EQ(name_in(R"("\uDBFF\uDFFF")"), "\U0010FFFF");
  EXPECT_EQ(name_in(R"("\u00e9\uD83D\uDE00\u00e9")"), "é😀é");
}

// The characters that stand in for the halves are in the text themselves.
TEST(SurrogatePairs, LeaveAllOtherCharactersAsTheyAre) {
  EXPECT_EQ(name_in("\"\ue03d\\ue600\\uD83D\\uDE00\""), "\ue03d\ue600😀");
  EXPECT_EQ(name_in("\"\ue03d\ue83d\\uD83D\\uDE00\""), "\ue03d\ue83d😀");
}

TEST(SurrogatePairs, AreTextWhereYamlHasNoEscapes) {
  EXPECT_EQ(name_in(R"('\uD83D\uDE00')"), R"(\uD83D\uDE00)");
  EXPECT_EQ(name_in(R"(\uD83D\uDE00)"), R"(\uD83D\uDE00)");
}

TEST(SurrogatePairs, HalvesAreMistakesAtTheirPlace) {
  const char* half = "rigjit: 1\nname: \"\\uD83D\"\n";
  EXPECT_THAT(mistakes_in(half), testing::ElementsAre(testing::HasSubstr("2:")));
  EXPECT_THAT(mistakes_in(half), testing::ElementsAre(testing::HasSubstr("not-yaml")));
  // Half a pair, with a whole one beside it.
  EXPECT_THAT(name_in(R"("\uD83D\uDE00\uDE00")"), testing::HasSubstr("not-yaml"));
  EXPECT_THAT(name_in(R"("\\uD83D\uDE00 \uD83D\uDE00")"), testing::HasSubstr("not-yaml"));
}

TEST(SurrogatePairs, MistakesBehindThemKeepTheirPlace) {
  EXPECT_THAT(mistakes_in("{rigjit: 1, name: \"\\uD83D\\uDE00\", controler: []}"),
              testing::ElementsAre("1:35 unknown-key"));
}

}  // namespace
}  // namespace rigjit
