#include "poses/json_decimal.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <random>
#include <string>

namespace rigjit {
namespace {

// With what may follow it, and enough bytes behind.
std::optional<double> read(const std::string& number, char follower = ',') {
  double value = 0;
  const std::string text = number + follower + std::string(64, '7');
  return read_decimal(text.c_str(), value) ? std::optional(value) : std::nullopt;
}

void expect_same_float(const std::string& number) {
  const std::optional<double> value = read(number);
  if (!value) return;
  const double expected = std::strtod(number.c_str(), nullptr);
  ASSERT_EQ(std::bit_cast<uint32_t>(static_cast<float>(*value)),
            std::bit_cast<uint32_t>(static_cast<float>(expected)))
      << number;
}

std::string shortest(auto value) {
  std::array<char, 64> text{};
  return {text.data(), std::to_chars(text.begin(), text.end(), value).ptr};
}

std::string printed(const char* format, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

// Of every size that a float32 in a pose has.
class Numbers {
 public:
  double next() {
    return std::ldexp(size_(random_), exponent_(random_)) * (random_() % 2 == 0 ? 1 : -1);
  }

 private:
  std::mt19937_64 random_{5};
  std::uniform_real_distribution<> size_{1, 2};
  std::uniform_int_distribution<> exponent_{-30, 24};
};

TEST(ReadDecimal, RoundsToTheFloatOfTheNumber) {
  Numbers numbers;
  for (int i = 0; i < 200'000; ++i) {
    const double value = numbers.next();
    const auto narrow = static_cast<float>(value);
    for (const std::string& number : {shortest(value), shortest(narrow), shortest(double{narrow}),
                                      printed("%.17f", value), printed("%.3f", value)}) {
      expect_same_float(number);
    }
  }
}

TEST(ReadDecimal, NumbersHalfWayBetweenFloats) {
  Numbers numbers;
  for (int i = 0; i < 50'000; ++i) {
    const auto narrow = static_cast<float>(numbers.next());
    const double middle =
        (double{narrow} + double{std::nextafter(narrow, std::numeric_limits<float>::max())}) / 2;
    for (const double value : {middle, std::nextafter(middle, 1e9), std::nextafter(middle, -1e9)}) {
      expect_same_float(printed("%.16f", value));
      expect_same_float(shortest(value));
    }
  }
}

TEST(ReadDecimal, IntegersAreExact) {
  std::mt19937_64 random(6);
  std::uniform_int_distribution<int> integers(-9'999'999, 9'999'999);
  for (int i = 0; i < 100'000; ++i) {
    const int integer = integers(random) >> (i % 24);
    const std::string text = std::to_string(integer);
    for (const std::string& number : {text, text + ".0", text + ".000000"}) {
      if (const auto value = read(number)) {
        ASSERT_EQ(*value, integer) << number;
      }
    }
  }
}

TEST(ReadDecimal, TakesWhatPosesHold) {
  for (const char* number : {"0", "-0", "0.0", "-0.0", "1", "-1.5", "180.0", "1234567",
                             "0.12345678901234567", "-179.99999618530273", "0.001"}) {
    const std::optional<double> value = read(number);
    ASSERT_TRUE(value) << number;
    EXPECT_EQ(static_cast<float>(*value), std::strtof(number, nullptr)) << number;
    EXPECT_EQ(std::signbit(*value), number[0] == '-') << number;
  }
  for (const char follower : {',', '}', ' ', '\n', '\r', '\t'}) EXPECT_TRUE(read("1.5", follower));
}

TEST(ReadDecimal, LeavesAllElseToTheParser) {
  for (const char* text : {"",
                           "-",
                           "--1",
                           "+1",
                           ".5",
                           "-.5",
                           "1.",
                           "01",
                           "-01.5",
                           "00",
                           "1.5.5",
                           "1e5",
                           "1.5e-3",
                           "1.5E3",
                           "NaN",
                           "Infinity",
                           "\"1\"",
                           "true",
                           "null",
                           "12345678",
                           "12345678.5",
                           "1.123456789012345678901234",
                           "0.00001234567890123456789",
                           "0x10",
                           "1_000",
                           "1.5f"}) {
    EXPECT_FALSE(read(text)) << text;
  }
  EXPECT_FALSE(read("1.5", ']'));
  EXPECT_FALSE(read("1.5", '"'));
  EXPECT_FALSE(read("1.5", '\0'));
}

}  // namespace
}  // namespace rigjit
