// Names are text, whatever YAML makes of them unquoted.
#include "spec_text.h"

namespace rigjit {
namespace {

struct NameCase {
  const char* what;  // in the test's name
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

const NameCase kNames[] = {
    {"No", "no", "no"},
    {"Yes", "Yes", "Yes"},
    {"On", "on", "on"},
    {"True", "true", "true"},
    {"Underscore", "1_000", "1_000"},
    {"Time", "12:30", "12:30"},
    {"Hexadecimal", "0x10", "0x10"},
    {"Octal", "017", "017"},
    {"Exponent", "1e3", "1e3"},
    {"Decimal", "1.50", "1.50"},
    {"Infinity", ".inf", ".inf"},
    {"Date", "2024-01-01", "2024-01-01"},
    {"BeginsLikeNull", "nullify", "nullify"},
    {"NullMisspelt", "nuLL", "nuLL"},
    {"QuotedNull", "'null'", "null"},
    {"QuotedTilde", "\"~\"", "~"},
    {"Blanks", "a b  c", "a b  c"},
    {"HashInside", "a#b", "a#b"},
    {"Namespace", "hero:head", "hero:head"},
    {"Latin", "größe", "größe"},
    {"Chinese", "頭_CTRL", "頭_CTRL"},
    {"Escaped", "\"\\u00e9\"", "é"},
    {"EscapedEmoji", "\"\\U0001F600\"", "😀"},
    {"EscapedNewline", "\"a\\nb\"", "a\nb"},
    {"EscapedQuote", "'it''s'", "it's"},
    {"Tag", "!!str 12", "12"},
    {"Anchor", "&anchor a", "a"},
    {"DefaultKey", "=", "="},
    {"QuotedMergeKey", "'<<'", "<<"},
    {"MergeKey", "<<", "<<"},
    {"PathLike", "a.b[0]", "a.b[0]"},
};

INSTANTIATE_TEST_SUITE_P(All, Name, testing::ValuesIn(kNames),
                         [](const auto& name) { return name.param.what; });

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
