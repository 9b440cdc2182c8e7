// Names are text, whatever YAML makes of them unquoted.
#include "spec_text.h"

namespace rigjit {
namespace {

struct NameCase {
  const char* yaml;
  std::string name;
};

class Name : public testing::TestWithParam<NameCase> {};

TEST_P(Name, IsTextForControllersAndAttributes) {
  const std::string yaml = GetParam().yaml;
  const std::string text = "rigjit: 1\ncontrollers:\n  - name: " + yaml +
                           "\n    transformations:\n      - constant:\n          name: " + yaml +
                           "\n          value: 1\n";
  const auto spec = parse(text, "names");
  ASSERT_TRUE(spec) << to_string(spec.errors());
  EXPECT_EQ(spec->controllers[0].name, GetParam().name);
  const auto& constant = std::get<ConstantSpec>(spec->controllers[0].transformations[0]);
  EXPECT_EQ(constant.name, GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(
    All, Name,
    testing::Values(NameCase{"no", "no"}, NameCase{"Yes", "Yes"}, NameCase{"on", "on"},
                    NameCase{"true", "true"}, NameCase{"1_000", "1_000"},
                    NameCase{"12:30", "12:30"}, NameCase{"0x10", "0x10"}, NameCase{"017", "017"},
                    NameCase{"1e3", "1e3"}, NameCase{"1.50", "1.50"}, NameCase{".inf", ".inf"},
                    NameCase{"2024-01-01", "2024-01-01"}, NameCase{"nullify", "nullify"},
                    NameCase{"nuLL", "nuLL"}, NameCase{"'null'", "null"}, NameCase{"\"~\"", "~"},
                    NameCase{"' '", " "}, NameCase{"a b  c", "a b  c"}, NameCase{"a#b", "a#b"},
                    NameCase{"hero:head", "hero:head"}, NameCase{"größe", "größe"},
                    NameCase{"頭_CTRL", "頭_CTRL"}, NameCase{"\"\\u00e9\"", "é"},
                    NameCase{"\"\\U0001F600\"", "😀"}, NameCase{"\"a\\nb\"", "a\nb"},
                    NameCase{"'it''s'", "it's"}, NameCase{"!!str 12", "12"},
                    NameCase{"&anchor a", "a"}, NameCase{"=", "="}, NameCase{"'<<'", "<<"},
                    NameCase{"<<", "<<"}, NameCase{"a.b[0]", "a.b[0]"}));

TEST(Names, MayHave65535Bytes) {
  const std::string longest(65'535, 'a');
  EXPECT_THAT(mistakes_in(spec_of({"attribute: {name: " + longest + "}"})), testing::IsEmpty());
  EXPECT_THAT(mistakes_in(spec_of({"attribute: {name: " + longest + "a}"})),
              testing::ElementsAre("5:27 name-too-long"));
}

TEST(Names, CountInBytesNotInCharacters) {
  std::string longest;
  for (int i = 0; i < 32'768; ++i) longest += "é";
  EXPECT_THAT(mistakes_in(spec_of({"attribute: {name: " + longest + "}"})),
              testing::ElementsAre("5:27 name-too-long"));
}

}  // namespace
}  // namespace rigjit
