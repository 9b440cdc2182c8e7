#include "base/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace rigjit {
namespace {

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(edit_distance("axes", "axes"), 0u);
  EXPECT_EQ(edit_distance("AXES", "axes"), 0u);
  EXPECT_EQ(edit_distance("axis", "axes"), 1u);
  EXPECT_EQ(edit_distance("nmae", "name"), 1u);
  EXPECT_EQ(edit_distance("", "name"), 4u);
  EXPECT_EQ(edit_distance("scale", "center"), 5u);
}

TEST(Nearest, IsOnlyGivenForANearMiss) {
  constexpr std::array<std::string_view, 3> kKeys{"axes", "scale", "center"};
  EXPECT_EQ(nearest("axis", kKeys), "axes");
  EXPECT_EQ(nearest("centre", kKeys), "center");
  EXPECT_EQ(nearest("Scale", kKeys), "scale");
  EXPECT_EQ(nearest("offset", kKeys), std::nullopt);
  EXPECT_EQ(nearest("", kKeys), std::nullopt);
  EXPECT_EQ(nearest(std::string(100'000, 'a'), kKeys), std::nullopt);
}

TEST(ListOf, ReadsAsASentence) {
  constexpr std::array<std::string_view, 3> kWords{"x", "y", "z"};
  EXPECT_EQ(list_of(kWords), "x, y or z");
  EXPECT_EQ(list_of(std::span(kWords).first(1)), "x");
}

}  // namespace
}  // namespace rigjit
