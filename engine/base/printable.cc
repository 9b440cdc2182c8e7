#include "base/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/utf8.h"

namespace rigjit {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// Unicode's categories Cc, Cf, Zl, Zp, Zs (but U+0020) and Co, and the non-characters of the first
// plane, in order.
constexpr std::array kHidden{
    Range{0x0000, 0x001F},   Range{0x007F, 0x00A0},   Range{0x00AD, 0x00AD},
    Range{0x0600, 0x0605},   Range{0x061C, 0x061C},   Range{0x06DD, 0x06DD},
    Range{0x070F, 0x070F},   Range{0x0890, 0x0891},   Range{0x08E2, 0x08E2},
    Range{0x1680, 0x1680},   Range{0x180E, 0x180E},   Range{0x2000, 0x200F},
    Range{0x2028, 0x202F},   Range{0x205F, 0x206F},   Range{0x3000, 0x3000},
    Range{0xE000, 0xF8FF},   Range{0xFDD0, 0xFDEF},   Range{0xFEFF, 0xFEFF},
    Range{0xFFF0, 0xFFFB},   Range{0xFFFE, 0xFFFF},   Range{0x110BD, 0x110BD},
    Range{0x110CD, 0x110CD}, Range{0x13430, 0x1343F}, Range{0x1BCA0, 0x1BCA3},
    Range{0x1D173, 0x1D17A}, Range{0xE0000, 0xE00FF}, Range{0xE01F0, 0x10FFFF},
};
static_assert(std::ranges::is_sorted(kHidden, {}, &Range::first));

bool is_hidden(uint32_t code) {
  const auto* const after = std::ranges::upper_bound(kHidden, code, {}, &Range::first);
  const bool is_in_range = after != kHidden.begin() && code <= (after - 1)->last;
  return is_in_range || (code & 0xFFFEU) == 0xFFFE;  // the last two of every plane
}

void append_escape(std::string& out, const char* kind, uint32_t code, int digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += kind;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kDigits[(code >> shift) & 15U];
}

std::string printable_but(std::string_view text, char kept) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(character.size());
    const uint32_t code = length == 0 ? 0 : code_point(character);
    if (length == 1 && kept != 0 && character[0] == kept) {
      out += kept;
    } else if (length == 0 || (code < 0x80 && is_hidden(code))) {
      append_escape(out, "\\x", static_cast<uint8_t>(character[0]), 2);
    } else if (!is_hidden(code)) {
      out += character;
    } else if (code < 0x10000) {
      append_escape(out, "\\u", code, 4);
    } else {
      append_escape(out, "\\U", code, 8);
    }
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) { return printable_but(text, '\0'); }

std::string printable_lines(std::string_view text) { return printable_but(text, '\n'); }

std::string shortened(std::string text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  std::size_t end = most_bytes;
  while (end > 0 && !begins_character(text[end])) --end;
  const std::size_t left_out = text.size() - end;
  text.resize(end);
  return text + "… (" + std::to_string(left_out) + " more bytes)";
}

}  // namespace rigjit
