#include "poses/pose_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

constexpr auto kJson = PoseOptions::Form::kJson;
constexpr auto kMessagePack = PoseOptions::Form::kMessagePack;

// The poses of `text`, which arrives in pieces of `piece` bytes; then the error, if there was one.
std::vector<std::string> split(PoseOptions::Form form, std::string_view text, std::size_t piece) {
  PoseSplitter splitter(form);
  std::vector<std::string> poses;
  std::string buffer;
  std::size_t given = 0;
  for (;;) {
    const bool is_all = given == text.size();
    const Result<PoseSplitter::Place> place = splitter.next(buffer.data(), buffer.size(), is_all);
    if (!place) {
      poses.push_back(place.errors().front().code + ": " + place.errors().front().message);
      return poses;
    }
    if (place->size > 0) poses.push_back(buffer.substr(place->begin, place->size));
    buffer.erase(0, place->begin + place->size);
    if (place->size > 0) continue;
    if (is_all) return poses;
    buffer += text.substr(given, piece);
    given = std::min(text.size(), given + piece);
  }
}

TEST(PoseSplitter, FindsTheSamePosesInPiecesOfAnySize) {
  const std::string objects = R"({"a":{"b":1}}{"c\"}":[{},"]"]} {})";
  const std::string array = "\xef\xbb\xbf [ {\"a\": 1} , {}\n,{\"\\\\\":{}}] \n";
  const std::string messages =
      "\x80\x81\xa1"
      "a\x81\xa1"
      "b\x01\x80"s;
  for (std::size_t piece = 1; piece < 40; ++piece) {
    EXPECT_THAT(split(kJson, objects, piece),
                ElementsAre(R"({"a":{"b":1}})", R"({"c\"}":[{},"]"]})", "{}"));
    EXPECT_THAT(split(kJson, array, piece), ElementsAre(R"({"a": 1})", "{}", R"({"\\":{}})"));
    EXPECT_THAT(split(kMessagePack, messages, piece),
                ElementsAre("\x80", messages.substr(1, 7), "\x80"));
    EXPECT_THAT(split(kMessagePack, "\x93" + messages, piece),
                ElementsAre("\x80", messages.substr(1, 7), "\x80"));
    EXPECT_THAT(split(kMessagePack, "\xdc\x00\x03"s + messages, piece),
                ElementsAre("\x80", messages.substr(1, 7), "\x80"));
  }
}

TEST(PoseSplitter, NoPosesAreNoMistake) {
  for (const char* text : {"", " \n", "[]", " [ ] ", "\xef\xbb\xbf"}) {
    EXPECT_THAT(split(kJson, text, 1), IsEmpty()) << text;
  }
  EXPECT_THAT(split(kMessagePack, "", 1), IsEmpty());
  EXPECT_THAT(split(kMessagePack, "\x90", 1), IsEmpty());
}

TEST(PoseSplitter, SaysWhereATextIsNone) {
  for (const std::string text : {"[{},]", "[{}{}]", "[,{}]", "[{}", "{}]", "1", "[1]", "[]{}",
                                 "{\"a", "[{}] x", "\xef\xbb"}) {
    for (const std::size_t piece : {1, 2, 100}) {
      const std::vector<std::string> poses = split(kJson, text, piece);
      ASSERT_FALSE(poses.empty()) << text;
      EXPECT_THAT(poses.back(), HasSubstr("malformed-json: ")) << text;
      EXPECT_THAT(poses.back(), HasSubstr("at byte ")) << text;
    }
  }
  for (const std::string& text :
       {"\x92\x80"s, "\x90\x80"s, "\xdc"s, "\x81\xa1"s, "\x80\xc1"s, std::string(200, '\x91')}) {
    const std::vector<std::string> poses = split(kMessagePack, text, 1);
    ASSERT_FALSE(poses.empty());
    EXPECT_THAT(poses.back(), HasSubstr("malformed-messagepack: "));
  }
  EXPECT_THAT(split(kJson, "{} \n x", 1).back(), HasSubstr("at byte 5"));
}

TEST(PoseSplitter, TakesPosesThatTheCallerFound) {
  const std::string two = "\x92\x80\x80"s;
  PoseSplitter splitter(kMessagePack);
  EXPECT_FALSE(splitter.may_follow());
  EXPECT_EQ(splitter.next(two.data(), two.size(), true)->begin, 1u);
  EXPECT_TRUE(splitter.may_follow());
  splitter.pass(1);
  EXPECT_FALSE(splitter.may_follow());
  EXPECT_EQ(splitter.next("", 0, true)->size, 0u);
}

}  // namespace
}  // namespace rigjit
