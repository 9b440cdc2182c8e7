#include "yaml/surrogate_pairs.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace rigjit {
namespace {

constexpr std::size_t kEscape = 6;   // bytes of "\uD83D"
constexpr uint32_t kFirst = 0xD800;  // of the halves that come first
constexpr uint32_t kFirstSecond = 0xDC00;
constexpr uint32_t kHalves = 0x800;
// Blocks of private-use characters, each as long as the surrogates'.
constexpr std::array<uint32_t, 3> kStandIns = {0xE000, 0xE800, 0xF000};

// The number of an escape \uXXXX at `i`.
std::optional<uint32_t> escape_at(std::string_view text, std::size_t i) {
  if (text.size() - i < kEscape || text[i] != '\\' || text[i + 1] != 'u') return std::nullopt;
  uint32_t code = 0;
  for (const char c : text.substr(i + 2, kEscape - 2)) {
    const bool is_digit = c >= '0' && c <= '9';
    const char lower = static_cast<char>(c | 0x20);
    if (!is_digit && (lower < 'a' || lower > 'f')) return std::nullopt;
    code = code * 16 + static_cast<uint32_t>(is_digit ? c - '0' : lower - 'a' + 10);
  }
  return code;
}

bool is_first(uint32_t code) { return code >= kFirst && code < kFirstSecond; }
bool is_second(uint32_t code) { return code >= kFirstSecond && code < kFirst + kHalves; }

bool is_pair_at(std::string_view text, std::size_t i) {
  const auto first = escape_at(text, i);
  if (!first || !is_first(*first)) return false;
  const auto second = escape_at(text, i + kEscape);
  return second && is_second(*second);
}

// A character of three bytes at `i`; 0 for any other.
uint32_t three_bytes_at(std::string_view text, std::size_t i) {
  if (text.size() - i < 3 || (static_cast<uint8_t>(text[i]) & 0xF0) != 0xE0) return 0;
  return (static_cast<uint8_t>(text[i]) & 0x0FU) << 12U |
         (static_cast<uint8_t>(text[i + 1]) & 0x3FU) << 6U |
         (static_cast<uint8_t>(text[i + 2]) & 0x3FU);
}

// A block that the text has no character of, neither as it is nor as an escape; 0 if there is none.
uint32_t unused_block(std::string_view text) {
  std::array<bool, kStandIns.size()> is_used{};
  const auto use = [&](uint32_t code) {
    for (std::size_t k = 0; k < kStandIns.size(); ++k) {
      is_used[k] |= code >= kStandIns[k] && code < kStandIns[k] + kHalves;
    }
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') use(escape_at(text, i).value_or(0));
    if (static_cast<uint8_t>(text[i]) >= 0xE0) use(three_bytes_at(text, i));
  }
  const auto unused = std::ranges::find(is_used, false);
  return unused == is_used.end() ? 0
                                 : kStandIns[static_cast<std::size_t>(unused - is_used.begin())];
}

void append_utf8(std::string& text, uint32_t code) {
  text += static_cast<char>(0xF0 | code >> 18U);
  text += static_cast<char>(0x80 | (code >> 12U & 0x3FU));
  text += static_cast<char>(0x80 | (code >> 6U & 0x3FU));
  text += static_cast<char>(0x80 | (code & 0x3FU));
}

void put_escape(std::string& text, std::size_t i, uint32_t code) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (std::size_t k = kEscape; k-- > 2; code >>= 4U) text[i + k] = kDigits[code & 0xFU];
}

}  // namespace

SurrogatePairs::SurrogatePairs(std::string_view text) : text_(text) {
  std::size_t pair = text.find("\\u");
  while (pair != std::string_view::npos && !is_pair_at(text, pair))
    pair = text.find("\\u", pair + 1);
  if (pair == std::string_view::npos) return;
  stand_in_ = unused_block(text);
  if (stand_in_ == 0) return;  // the parser then refuses the pair
  changed_ = text;
  for (; pair != std::string_view::npos; pair = text.find("\\u", pair + 1)) {
    if (!is_pair_at(text, pair)) continue;
    for (const std::size_t i : {pair, pair + kEscape}) {
      put_escape(changed_, i, *escape_at(text, i) - kFirst + stand_in_);
    }
  }
}

std::optional<std::string> SurrogatePairs::restored(const std::string& value) const {
  if (!any()) return value;
  const auto surrogate = [&](uint32_t code) {
    return code >= stand_in_ && code < stand_in_ + kHalves ? code - stand_in_ + kFirst : 0;
  };
  std::string text;
  for (std::size_t i = 0; i < value.size();) {
    const uint32_t first = surrogate(three_bytes_at(value, i));
    if (first != 0) {
      const uint32_t second = surrogate(three_bytes_at(value, std::min(i + 3, value.size())));
      if (!is_first(first) || !is_second(second)) return std::nullopt;
      append_utf8(text, 0x10000 + ((first - kFirst) << 10U) + (second - kFirstSecond));
      i += 6;
      continue;
    }
    // Where the parser reads no escapes (single quotes, plain texts, blocks) they stand as written.
    const std::optional<uint32_t> escape = value[i] == '\\' ? escape_at(value, i) : std::nullopt;
    if (const uint32_t written = surrogate(escape.value_or(0)); written != 0) {
      text += value.substr(i, kEscape);
      put_escape(text, text.size() - kEscape, written);
      i += kEscape;
    } else {
      text += value[i++];
    }
  }
  return text;
}

}  // namespace rigjit
