// Names that look alike and are composed otherwise.
#include "poses/pose_hints.h"

#include <gtest/gtest.h>

#include "poses/looks_like.h"

namespace rigjit {
namespace {

TEST(DifferInComposition, LettersWithMarksAgainstComposedOnes) {
  EXPECT_TRUE(differ_in_composition("t\u00eate", "te\u0302te"));
  EXPECT_TRUE(differ_in_composition("te\u0302te", "t\u00eate"));
  EXPECT_TRUE(differ_in_composition("caf\u00e9.L", "cafe\u0301.L"));
  EXPECT_TRUE(differ_in_composition("\u304c_CTRL", "\u304b\u3099_CTRL"));
  EXPECT_TRUE(differ_in_composition("\ud55c", "\u1112\u1161\u11ab"));
  EXPECT_TRUE(differ_in_composition("\u1eadx", "a\u0323\u0302x"));
}

TEST(DifferInComposition, OtherNamesAreOtherNames) {
  EXPECT_FALSE(differ_in_composition("t\u00eate", "t\u00eate"));
  EXPECT_FALSE(differ_in_composition("tete", "t\u00eate"));
  EXPECT_FALSE(differ_in_composition("te\u0302te", "tete"));
  EXPECT_FALSE(differ_in_composition("t\u00eate", "t\u00e8te"));
  EXPECT_FALSE(differ_in_composition("te\u0302te", "ta\u00eate"));
  EXPECT_FALSE(differ_in_composition("\xc3", "\xff\xfe"));
}

TEST(LooksLike, WhatIsCutOrOfAnyBytesIsReadWithinItsBounds) {
  for (int first = 0; first < 256; ++first) {
    for (std::size_t size = 0; size < 12; ++size) {
      std::vector<uint8_t> bytes(size, static_cast<uint8_t>(first));
      EXPECT_LT(looks_like(bytes).size(), 200u);
    }
  }
}

}  // namespace
}  // namespace rigjit
