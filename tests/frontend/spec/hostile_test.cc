// Texts that mean harm, or that are no specs at all: an error of ours, within bounds; ctest's time
// limit ends what hangs.

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

#include "lower/lower.h"
#include "spec_text.h"

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string repeat(const std::string& text, std::size_t count) {
  std::string repeated;
  repeated.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) repeated += text;
  return repeated;
}

std::vector<std::string> codes_of(const std::string& text) {
  std::vector<std::string> codes;
  for (const Error& error : check(SpecSource::text(text))) codes.push_back(error.code);
  return codes;
}

TEST(Hostile, EmptyTexts) {
  for (const char* text :
       {"", "\n", "   ", "# only a comment", "---\n", "---\n...\n", "~", "\xEF\xBB\xBF"}) {
    EXPECT_THAT(codes_of(text), ElementsAre("empty-document")) << text;
  }
}

TEST(Hostile, BinaryFiles) {
  using namespace std::string_literals;
  EXPECT_THAT(codes_of("\x7F"s + "ELF\x02\x01\x01\0\0\0"s), ElementsAre("invalid-text"));
  EXPECT_THAT(codes_of("\x89PNG\r\n\x1a\n\0"s), ElementsAre("invalid-text"));
  EXPECT_THAT(codes_of("\xFF\xFEr\0i\0g\0"s), ElementsAre("invalid-text"));
  EXPECT_THAT(codes_of("r\0i\0g\0"s), ElementsAre("invalid-text"));
  EXPECT_THAT(codes_of("rigjit: 1\n\x04"s), ElementsAre("invalid-text"));  // yaml-cpp's end of file
  EXPECT_THAT(codes_of("name: \xED\xA0\x80"s), ElementsAre("invalid-text"));
  EXPECT_THAT(codes_of("name: \xC0\xAF"s), ElementsAre("invalid-text"));
  EXPECT_THAT(codes_of("name: \xF0\x9F\x98"s), ElementsAre("invalid-text"));
}

TEST(Hostile, DeepNesting) {
  for (const std::size_t depth : {100u, 900u, 10'000u, 1'000'000u}) {
    EXPECT_THAT(codes_of(repeat("[", depth) + repeat("]", depth)), ElementsAre("too-deep"));
    EXPECT_THAT(codes_of(repeat("{a: ", depth) + repeat("}", depth)), ElementsAre("too-deep"));
    EXPECT_THAT(codes_of(repeat("- ", depth)), ElementsAre("too-deep"));
    EXPECT_THAT(codes_of(repeat("? ", depth)), ElementsAre("too-deep"));
    EXPECT_THAT(codes_of("x-a: " + repeat("[", depth) + repeat("]", depth) + "\n" +
                         spec_of({"translation: {}"})),
                ElementsAre("too-deep"));
  }
  std::string steps;
  for (std::size_t i = 0; i < 2000; ++i) steps += std::string(i, ' ') + "a:\n";
  EXPECT_THAT(codes_of(steps), ElementsAre("too-deep"));
}

TEST(Hostile, UnclosedBrackets) {
  EXPECT_THAT(codes_of(repeat("[", 20)), ElementsAre("not-yaml"));
  EXPECT_THAT(codes_of(repeat("[", 10'000)), ElementsAre("too-deep"));
}

TEST(Hostile, AliasBomb) {
  std::string text = "rigjit: 1\nx-0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 60; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    text += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeat(alias + ", ", 9) +
            alias + "]\n";
  }
  EXPECT_THAT(codes_of(text), ElementsAre("alias-bomb"));
}

TEST(Hostile, AliasCycles) {
  EXPECT_THAT(codes_of("&a [*a]"), ElementsAre("alias-cycle"));
  EXPECT_THAT(codes_of("&a {b: {c: *a}}"), ElementsAre("alias-cycle"));
  EXPECT_THAT(codes_of("&a {*a : 1}"), ElementsAre("alias-cycle"));
}

TEST(Hostile, AliasesThatStandForTooManyChannels) {
  std::string text = "rigjit: 1\nx-t: &t\n";
  for (int i = 0; i < 1000; ++i) text += "  - attribute: {name: a" + std::to_string(i) + "}\n";
  text += "controllers:\n";
  for (int i = 0; i < 4001; ++i) {
    text += "  - {name: c" + std::to_string(i) + ", transformations: *t}\n";
  }
  EXPECT_THAT(mistakes_in(text), ElementsAre("5004:5 too-many-channels"));
}

TEST(Hostile, AliasesThatStandForAHugeMessage) {
  std::string text = "rigjit: 1\nx-t: &t\n";
  text += "  - attribute: {name: " + std::string(65'000, 'a') + "}\ncontrollers:\n";
  for (int i = 0; i < 5000; ++i) {
    text += "  - {name: c" + std::to_string(i) + ", transformations: *t}\n";
  }
  EXPECT_THAT(codes_of(text), ElementsAre("message-too-large"));
}

TEST(Hostile, TooLong) {
  EXPECT_THAT(codes_of("rigjit: 1 #" + std::string(33'000'000 + 1'000'000, ' ')),
              ElementsAre("file-too-large"));
}

TEST(Hostile, LongFlowCollectionsAreBounded) {
  EXPECT_THAT(codes_of("[" + repeat("a,", 10'000'000) + "]"), ElementsAre("too-complex"));
}

TEST(Hostile, ListsOfNothingInOneLine) {
  const std::string list = "[" + repeat(",", 1'000'000) + "]";
  EXPECT_THAT(codes_of(list), ElementsAre("wrong-type"));
  EXPECT_THAT(codes_of("rigjit: 1\nx-a: " + list), ElementsAre("missing-key"));
  const auto places = mistakes_in("rigjit: 1\ncontrollers: " + list);
  ASSERT_EQ(places.size(), 1001u);
  EXPECT_EQ(places[0], "2:15 empty-value");
  EXPECT_EQ(places[999], "2:1014 empty-value");
  EXPECT_EQ(places[1000], "2:1014 too-many-errors");
}

// Every mistake stands behind 20 MB of the same line.
TEST(Hostile, ManyMistakesFarInOneLine) {
  const std::string text = "{rigjit: 1, x-a: '" + repeat("\u00e9", 10'000'000) +
                           "', controllers: [" + repeat("1,", 5000) + "]}";
  const auto places = mistakes_in(text);
  ASSERT_EQ(places.size(), 1001u);
  EXPECT_EQ(places[0], "1:10000036 wrong-type");
  EXPECT_EQ(places[999], "1:10002034 wrong-type");
}

TEST(Hostile, ManyUnknownKeysAreCutOff) {
  std::string keys;
  for (int i = 0; i < 500'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  const auto codes = codes_of("rigjit: 1\ncontrollers: []\n" + keys);
  ASSERT_EQ(codes.size(), 1001u);
  EXPECT_EQ(codes.back(), "too-many-errors");
}

TEST(Hostile, ManyMistakesAreCutOff) {
  const auto codes = codes_of("rigjit: 1\ncontrollers:\n" + repeat("  - {a: 1, b: 2}\n", 5000));
  ASSERT_EQ(codes.size(), 1001u);
  EXPECT_EQ(codes.back(), "too-many-errors");
}

TEST(Hostile, LongWordsAreCutInMessages) {
  const Errors errors =
      check(SpecSource::text(spec_of({"translation: {" + std::string(1'000'000, 'k') + ": 1}"})));
  ASSERT_FALSE(errors.empty());
  EXPECT_LT(errors[0].message.size(), 500u);
}

#ifdef __x86_64__
// Denormals are zero, and results that would be denormal are flushed.
class FlushedDenormals {
 public:
  FlushedDenormals() { _mm_setcsr(saved_ | 0x8040); }
  ~FlushedDenormals() { _mm_setcsr(saved_); }
  FlushedDenormals(const FlushedDenormals&) = delete;
  FlushedDenormals& operator=(const FlushedDenormals&) = delete;

 private:
  unsigned saved_ = _mm_getcsr();
};

TEST(Hostile, CallersThatFlushDenormals) {
  const std::string text = spec_of({"translation: {scale: 1e-40}"});
  const auto parse_flushed = [&] {
    const FlushedDenormals flushed;
    auto spec = parse(text, "flushed");
    EXPECT_EQ(_mm_getcsr() & 0x8040, 0x8040u);
    return spec;
  };
  const auto spec = parse_flushed();
  ASSERT_TRUE(spec) << to_string(spec.errors());
  const Plan plan = lower(*spec);
  const auto rest_flushed = [&] {
    const FlushedDenormals flushed;
    return rest_vec(plan);
  };
  EXPECT_THAT(rest_flushed(), ElementsAre(0, 0, 0));
}
#endif

// Nothing hostile: as large as a rig may be.
TEST(Large, Has65536Controllers) {
  std::string text =
      "rigjit: 1\nx-t: &t\n  - translation: {scale: 25}\n  - rotation3d: {}\ncontrollers:\n";
  for (int i = 0; i < 65'536; ++i) {
    text += "  - {name: c" + std::to_string(i) + ", transformations: *t}\n";
  }
  const auto spec = parse(text, "large");
  ASSERT_TRUE(spec) << to_string(spec.errors());
  const Plan plan = lower(*spec);
  EXPECT_EQ(plan.controllers().size(), 65'536u);
  EXPECT_EQ(plan.channel_count(), 65'536u * 6);
}

TEST(Large, MayBeOneLineOfJson) {
  std::string text = R"({"rigjit":1,"controllers":[)";
  for (int i = 0; i < 20'000; ++i) {
    text += i > 0 ? R"(,{"name":"c)" : R"({"name":"c)";
    text += std::to_string(i);
    text +=
        R"(","transformations":[{"translation":{"axes":"xz","scale":[1,2]}},{"rotation3d":{}}]})";
  }
  EXPECT_THAT(codes_of(text + "]}"), IsEmpty());
}

}  // namespace
}  // namespace rigjit
