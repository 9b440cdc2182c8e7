#include "spec/unseen.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "base/utf8.h"

namespace rigjit {
namespace {

struct Character {
  uint32_t code;
  std::string_view bytes;
};

std::vector<Character> characters_of(std::string_view text) {
  std::vector<Character> characters;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    const auto lead = static_cast<uint8_t>(text[i++]);
    uint32_t code = lead;
    if (lead >= 0xC0) code = lead & (lead >= 0xF0 ? 0x07U : lead >= 0xE0 ? 0x0FU : 0x1FU);
    while (i < text.size() && !begins_character(text[i])) {
      code = code << 6U | (static_cast<uint8_t>(text[i++]) & 0x3FU);
    }
    characters.push_back({code, text.substr(begin, i - begin)});
  }
  return characters;
}

// Unicode's White_Space.
bool is_blank(uint32_t code) {
  return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
         code == 0x202F || code == 0x205F || code == 0x3000;
}

// Without width, and no part of how a word is written; the joiners U+200C and U+200D are.
bool is_invisible(uint32_t code) {
  return code == 0xAD || code == 0x200B || code == 0x200E || code == 0x200F ||
         (code >= 0x202A && code <= 0x202E) || code == 0x2060 ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

std::string name_of(uint32_t code) {
  constexpr std::array<std::pair<uint32_t, const char*>, 7> kNames{{{0x09, "tab"},
                                                                    {0x0A, "line break"},
                                                                    {0x20, "space"},
                                                                    {0xA0, "no-break space"},
                                                                    {0xAD, "soft hyphen"},
                                                                    {0x200B, "zero-width space"},
                                                                    {0xFEFF, "byte order mark"}}};
  for (const auto& [known, name] : kNames) {
    if (code == known) return name;
  }
  return is_blank(code) ? "blank" : "character without width";
}

std::string described(const char* verb, uint32_t code) {
  std::string text = std::string(verb) + " a " + name_of(code);
  if (code == 0x20 || code == 0x09 || code == 0x0A) return text;
  char number[16];
  std::snprintf(number, sizeof(number), " (U+%04X)", static_cast<unsigned>(code));
  return text + number;
}

}  // namespace

std::optional<Unseen> find_unseen(std::string_view name) {
  const auto plain = [](char c) { return c > ' ' && c < 0x7F; };
  if (std::ranges::all_of(name, plain)) return std::nullopt;
  std::vector<Character> all = characters_of(name);
  Unseen unseen;
  for (const Character& character : all) {
    if (!is_invisible(character.code)) continue;
    unseen.what = described("holds", character.code);
    break;
  }
  std::erase_if(all, [](const Character& character) { return is_invisible(character.code); });
  if (!all.empty() && is_blank(all.back().code))
    unseen.what = described("ends with", all.back().code);
  if (!all.empty() && is_blank(all.front().code)) {
    unseen.what = described("begins with", all.front().code);
  }
  if (unseen.what.empty()) return std::nullopt;
  const auto shows = [](const Character& character) { return !is_blank(character.code); };
  const auto first = std::ranges::find_if(all, shows);
  const auto last = std::find_if(all.rbegin(), all.rend(), shows).base();
  for (auto it = first; it < last; ++it) unseen.clean += it->bytes;
  return unseen;
}

}  // namespace rigjit
