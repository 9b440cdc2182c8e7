// What nobody sees in a name is a mistake that says so.
#include "spec/unseen.h"

#include <gmock/gmock.h>

#include "spec_text.h"

namespace rigjit {
namespace {

TEST(Unseen, IsFoundAroundAndInNames) {
  const struct {
    const char* name;
    const char* what;
    const char* clean;
  } cases[] = {
      {"arm ", "ends with a space", "arm"},
      {" arm", "begins with a space", "arm"},
      {"arm_CTRL\n", "ends with a line break", "arm_CTRL"},
      {"\tarm", "begins with a tab", "arm"},
      {"arm\u00a0", "ends with a no-break space (U+00A0)", "arm"},
      {"\u3000arm", "begins with a blank (U+3000)", "arm"},
      {"a\u200brm", "holds a zero-width space (U+200B)", "arm"},
      {"\ufeff"
       "arm",
       "holds a byte order mark (U+FEFF)", "arm"},
      {"arm\u200b ", "ends with a space", "arm"},
      {"a\u202erm", "holds a character without width (U+202E)", "arm"},
      {"a\u00adrm", "holds a soft hyphen (U+00AD)", "arm"},
      {" ", "begins with a space", ""},
  };
  for (const auto& [name, what, clean] : cases) {
    const std::optional<Unseen> unseen = find_unseen(name);
    ASSERT_TRUE(unseen) << name;
    EXPECT_EQ(unseen->what, what);
    EXPECT_EQ(unseen->clean, clean);
  }
}

TEST(Unseen, WordsAndPicturesAreSeen) {
  for (const char* name : {"arm", "a b  c", "a\nb", "Bone.001", "頭_CTRL", "größe", "می\u200cخواهم",
                           "\U0001F469\u200d\U0001F4BB", "क्\u200dष", "te\u0301te", "|grp|ctrl"}) {
    EXPECT_FALSE(find_unseen(name)) << name;
  }
}

TEST(Unseen, IsAMistakeInEveryName) {
  EXPECT_THAT(mistakes_in("rigjit: 1\ncontrollers:\n  - name: |\n      arm\n    transformations:\n"
                          "      - translation: {}\n"),
              testing::ElementsAre("3:11 unseen-character"));
  EXPECT_THAT(
      mistakes_in(spec_of({"attribute: {name: 'roll '}", "constant: {name: \" a\", value: 1}",
                           "attribute: {name: e, type: enum, names: [a, \"b\\u200b\"]}"})),
      testing::ElementsAre("5:27 unseen-character", "6:26 unseen-character",
                           "7:53 unseen-character"));
  EXPECT_THAT(mistakes_in("rigjit: 1\nname: 'hero '\ncontrollers:\n  - name: a\n"
                          "    transformations: [translation: {}]\n"),
              testing::ElementsAre("2:7 unseen-character"));
  const Errors errors = check(SpecSource::text(spec_of({"attribute: {name: 'roll '}"})));
  EXPECT_EQ(errors.front().suggestion, "roll");
  EXPECT_EQ(errors.front().message, "the name 'roll ' ends with a space, which nobody sees");
}

}  // namespace
}  // namespace rigjit
