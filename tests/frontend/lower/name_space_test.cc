// Which namespaces a rig may be loaded into.
#include "lower/name_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rigjit {
namespace {

TEST(NameSpace, MayBeNestedAndAnyText) {
  for (const std::string name_space : {"", "hero", "shot:hero", "a:b:c", "右手", "a b", "|x"}) {
    EXPECT_FALSE(check_name_space(name_space)) << name_space;
  }
}

TEST(NameSpace, HasNoEmptyPart) {
  const std::pair<const char*, std::optional<std::string>> cases[] = {
      {"hero:", "hero"},    {":hero", "hero"}, {"a::b", "a:b"},
      {"::a:::b::", "a:b"}, {":", {}},         {":::", {}}};
  for (const auto& [name_space, suggestion] : cases) {
    const auto error = check_name_space(name_space);
    ASSERT_TRUE(error) << name_space;
    EXPECT_EQ(error->code, "invalid-namespace");
    EXPECT_EQ(error->suggestion, suggestion) << name_space;
  }
}

TEST(NameSpace, IsTextThatLeavesRoomForAName) {
  for (const std::string& name_space :
       {std::string("a\xff"), std::string("a\0b", 3), std::string(65'536, 'n')}) {
    const auto error = check_name_space(name_space);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, "invalid-namespace");
  }
}

TEST(NameSpace, TogetherWithANameHasThatManyBytes) {
  RigSpec spec;
  spec.controllers = {
      {"short", {}}, {std::string(65'530, 'n'), {}}, {std::string(65'531, 'n'), {}}};
  EXPECT_TRUE(check_name_space("", spec).empty());
  EXPECT_TRUE(check_name_space("abc", spec).empty());
  const Errors errors = check_name_space("abcd", spec);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "name-too-long");
  EXPECT_THAT(errors[0].message, testing::HasSubstr("65536 bytes"));
  // Every part of a path takes room for it.
  spec.controllers = {{"|a|" + std::string(65'522, 'n'), {}}};
  EXPECT_TRUE(check_name_space("abcd", spec).empty());
  EXPECT_EQ(check_name_space("abcde", spec).size(), 1u);
}

}  // namespace
}  // namespace rigjit
