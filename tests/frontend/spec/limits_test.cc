// Every limit of configs/README.md: what lies at it is taken, what lies above is refused by name.
#include "base/spec_text.h"
#include "spec/controllers.h"
#include "spec/scalars.h"
#include "spec_text.h"
#include "yaml/tree_builder.h"

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A valid spec of `size` bytes; what fills it up is comments.
std::string text_of_size(std::size_t size) {
  std::string text = spec_of({"translation: {}"});
  const std::string line = "#" + std::string(998, '.') + "\n";
  while (text.size() + line.size() <= size) text += line;
  return text.append(size - text.size(), '\n');
}

TEST(Limits, SizeOfAFile) {
  EXPECT_THAT(mistakes_in(text_of_size(kMaxSpecBytes)), IsEmpty());
  const Errors errors = check(SpecSource::text(text_of_size(kMaxSpecBytes + 1)));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "file-too-large");
  EXPECT_THAT(errors[0].message, HasSubstr("32 MB"));
}

TEST(Limits, LengthOfANameOfAController) {
  const auto mistakes = [](std::size_t size) {
    return mistakes_in("{rigjit: 1, controllers: [{name: " + std::string(size, 'n') +
                       ", transformations: [translation: {}]}]}");
  };
  EXPECT_THAT(mistakes(kMaxNameBytes - 1), IsEmpty());
  EXPECT_THAT(mistakes(kMaxNameBytes), IsEmpty());
  EXPECT_THAT(mistakes(kMaxNameBytes + 1), ElementsAre("1:34 name-too-long"));
}

// Bytes, not characters.
TEST(Limits, LengthOfANameOfAnAttribute) {
  const auto mistakes = [](std::size_t size) {
    std::string name(size % 2, 'n');
    while (name.size() < size) name += "\u00e9";
    return mistakes_in(spec_of({"attribute: {name: " + name + "}"}));
  };
  EXPECT_THAT(mistakes(kMaxNameBytes), IsEmpty());
  EXPECT_THAT(mistakes(kMaxNameBytes + 1), ElementsAre("5:27 name-too-long"));
}

// One attribute a controller: as many controllers as channels.
TEST(Limits, NumberOfControllersAndChannels) {
  constexpr std::size_t kShared = 2000;  // attributes of all controllers but the last
  std::string text = "rigjit: 1\nx-shared: &shared\n";
  for (std::size_t i = 0; i < kShared; ++i)
    text += "- constant: {name: a" + std::to_string(i) + ", value: 0}\n";
  text += "controllers:\n";
  for (std::size_t i = 0; i + 1 < kMaxChannels / kShared; ++i) {
    text += "- {name: c" + std::to_string(i) + ", transformations: *shared}\n";
  }
  const auto with_last = [&](std::size_t count) {
    std::string last = text + "- name: last\n  transformations:\n";
    for (std::size_t i = 0; i < count; ++i)
      last += "  - constant: {name: a" + std::to_string(i) + ", value: 0}\n";
    return last;
  };
  EXPECT_THAT(mistakes_in(with_last(kShared)), IsEmpty());
  const Errors errors = check(SpecSource::text(with_last(kShared + 1)));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "too-many-channels");
  EXPECT_THAT(errors[0].message, HasSubstr("4000000"));
  EXPECT_EQ(errors[0].path, "$.controllers");
}

// A name counts with ten bytes for its header and what belongs to it.
TEST(Limits, SizeOfAMessage) {
  constexpr std::size_t kBesides = 10;
  constexpr std::size_t kLong = 65'000;
  std::string text = "rigjit: 1\nx-shared: &shared\n- constant: {name: " + std::string(kLong, 'a') +
                     ", value: 0}\ncontrollers:\n";
  constexpr std::size_t kController = 5 + kBesides + kLong + kBesides;  // of five letters
  constexpr std::size_t kCount = kMaxMessageBytes / kController;
  for (std::size_t i = 0; i < kCount; ++i) {
    text += "- {name: c" + std::to_string(1000 + i) + ", transformations: *shared}\n";
  }
  const auto with_last = [&](std::size_t size) {
    return text + "- {name: last, transformations: [constant: {name: " +
           std::string(size - 4 - 2 * kBesides, 'b') + ", value: 0}]}\n";
  };
  const std::size_t rest = kMaxMessageBytes - kCount * kController;
  EXPECT_THAT(mistakes_in(with_last(rest - 1)), IsEmpty());
  EXPECT_THAT(mistakes_in(with_last(rest)), IsEmpty());
  const Errors errors = check(SpecSource::text(with_last(rest + 1)));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "message-too-large");
  EXPECT_THAT(errors[0].message, HasSubstr("256 MB"));
}

TEST(Limits, DepthOfNesting) {
  const auto codes = [](std::size_t depth) {
    // The mapping of the file is one level.
    return mistakes_in("x-deep: " + std::string(depth - 1, '[') + std::string(depth - 1, ']') +
                       "\n" + spec_of({"translation: {}"}));
  };
  EXPECT_THAT(codes(kMaxDepth - 1), IsEmpty());
  EXPECT_THAT(codes(kMaxDepth), IsEmpty());
  EXPECT_THAT(codes(kMaxDepth + 1), ElementsAre("1:72 too-deep"));
}

TEST(Limits, NumberOfKeysAndValues) {
  std::string text = spec_of({"translation: {}"}) + "x-many:\n";
  for (std::size_t i = 0; i < kMaxNodes; ++i) text += "-\n";
  const Errors errors = check(SpecSource::text(text));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "too-complex");
  EXPECT_THAT(errors[0].message, HasSubstr("8000000"));
}

}  // namespace
}  // namespace rigjit
