// Numbers as text, against the standard library: std::to_chars has the shortest digits of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "json/json_number_block.h"
#include "json/json_number_fast.h"

namespace rigjit {
namespace {

using Writer = char* (*)(char*, float);

std::string text_of(Writer writer, float value) {
  char out[kJsonNumberRoom + 8];
  std::fill(std::begin(out), std::end(out), '#');
  char* const end = writer(out, value);
  EXPECT_LE(end - out, std::ptrdiff_t{kJsonNumberSize});
  EXPECT_EQ(std::count(out + kJsonNumberRoom, std::end(out), '#'), 8);
  return std::string(out, end);
}

char* write_fast(char* out, float value) { return write_json_number(out, value); }

// As each of eight numbers, beside others.
char* write_in_block(char* out, float value) {
  static std::size_t turn = 0;
  const std::size_t place = ++turn % JsonNumberBlock::kCount;
  std::array<float, JsonNumberBlock::kCount> values = {0,      -12.5f, 1e20f, 1,
                                                       0.001f, -1e8f,  1e-6f, 7};
  values[place] = value;
  JsonNumberBlock block;
  json_block_formatter()(reinterpret_cast<const uint8_t*>(values.data()), block);
  return write_json_number(out, value, block, place);
}

// All writers agree on it.
std::string text(float value) {
  const std::string result = text_of(write_fast, value);
  EXPECT_EQ(text_of(write_any_number, value), result);
  if (json_block_formatter() != nullptr) {
    EXPECT_EQ(text_of(write_in_block, value), result);
  }
  return result;
}

// Digits without zeros at either end, and the exponent of 0.DIGITS.
struct Decimal {
  std::string digits;
  long point = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

Decimal parse(const std::string& number) {
  Decimal result;
  std::size_t i = number[0] == '-' ? 1 : 0;
  bool fraction = false;
  for (; i < number.size() && number[i] != 'e'; ++i) {
    if (number[i] == '.') {
      fraction = true;
      continue;
    }
    if (result.digits.empty() && number[i] == '0') {
      result.point -= fraction;
      continue;
    }
    result.digits += number[i];
    result.point += !fraction;
  }
  if (i < number.size()) result.point += std::strtol(&number[i + 1], nullptr, 10);
  while (result.digits.ends_with('0')) result.digits.pop_back();
  if (result.digits.empty()) result.point = 0;
  return result;
}

std::string shortest(float value) {
  char out[32];
  return {out, std::to_chars(out, std::end(out), value, std::chars_format::scientific).ptr};
}

// What a reader that knows only doubles, such as Python, makes of it.
float read_as_double(const std::string& number) {
  return static_cast<float>(std::strtod(number.c_str(), nullptr));
}

::testing::AssertionResult is_right(float value) {
  const std::string number = text(value);
  const float magnitude = std::abs(value);
  const bool plain = magnitude == 0 || (magnitude >= 1e-5f && magnitude < 1e16f);
  const bool exponent = number.find('e') != std::string::npos;
  const bool point = number.find('.') != std::string::npos;
  if (std::bit_cast<uint32_t>(read_as_double(number)) != std::bit_cast<uint32_t>(value) ||
      parse(number) != parse(shortest(value)) || plain == exponent || (plain && !point)) {
    return ::testing::AssertionFailure() << number << " for " << shortest(value);
  }
  return ::testing::AssertionSuccess();
}

TEST(JsonNumber, LooksAsUsersExpect) {
  EXPECT_EQ(text(0.0f), "0.0");
  EXPECT_EQ(text(-0.0f), "-0.0");
  EXPECT_EQ(text(1.0f), "1.0");
  EXPECT_EQ(text(-5.0f), "-5.0");
  EXPECT_EQ(text(0.1f), "0.1");
  EXPECT_EQ(text(0.5f), "0.5");
  EXPECT_EQ(text(100.0f), "100.0");
  EXPECT_EQ(text(12.34f), "12.34");
  EXPECT_EQ(text(-179.99998f), "-179.99998");
  EXPECT_EQ(text(16777216.0f), "16777216.0");
  EXPECT_EQ(text(0.0001f), "0.0001");
  EXPECT_EQ(text(1e-5f), "0.00001");
  EXPECT_EQ(text(1.2345678e-5f), "0.000012345678");
  EXPECT_EQ(text(9.9e-6f), "9.9e-6");
  EXPECT_EQ(text(1e8f), "100000000.0");
  EXPECT_EQ(text(1e9f), "1000000000.0");
  EXPECT_EQ(text(1e15f), "1000000000000000.0");
  EXPECT_EQ(text(1e16f), "1e16");
  EXPECT_EQ(text(1.5e20f), "1.5e20");
  EXPECT_EQ(text(std::numeric_limits<float>::max()), "3.4028235e38");
  EXPECT_EQ(text(std::numeric_limits<float>::min()), "1.1754944e-38");
  EXPECT_EQ(text(-std::numeric_limits<float>::denorm_min()), "-1e-45");
}

TEST(JsonNumber, IsRightAroundPowersOfTwoAndTen) {
  for (int exponent = -149; exponent < 128; ++exponent) {
    const auto bits = std::bit_cast<uint32_t>(std::ldexp(1.0f, exponent));
    for (uint32_t i = bits > 4 ? bits - 4 : 1; i < bits + 4; ++i) {
      EXPECT_TRUE(is_right(std::bit_cast<float>(i)));
    }
  }
  for (int exponent = -45; exponent <= 38; ++exponent) {
    const float power = std::strtof(("1e" + std::to_string(exponent)).c_str(), nullptr);
    const auto bits = std::bit_cast<uint32_t>(power);
    for (uint32_t i = bits > 100 ? bits - 100 : 1; i < bits + 100; ++i) {
      EXPECT_TRUE(is_right(std::bit_cast<float>(i)));
    }
  }
}

TEST(JsonNumber, IsRightForWholeAndShortNumbers) {
  for (int i = 0; i < 20000; ++i) {
    EXPECT_TRUE(is_right(static_cast<float>(i)));
    EXPECT_TRUE(is_right(static_cast<float>(i) / 100));
    EXPECT_TRUE(is_right(static_cast<float>(i) * 1e-4f));
    EXPECT_TRUE(is_right(static_cast<float>(i) * -4096));
  }
}

TEST(JsonNumber, IsRightForRandomBits) {
  std::mt19937 random(20);
  for (int i = 0; i < 1000000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    ASSERT_TRUE(!std::isfinite(value) || is_right(value));
  }
}

// Half an hour: with --gtest_also_run_disabled_tests.
TEST(JsonNumber, DISABLED_IsRightForEveryFloat) {
  for (uint32_t bits = 0; bits < 0x7f800000; ++bits) {
    ASSERT_TRUE(is_right(std::bit_cast<float>(bits)));
    ASSERT_TRUE(is_right(std::bit_cast<float>(bits | 0x80000000)));
  }
}

}  // namespace
}  // namespace rigjit
