#include "emit/c_names.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <unordered_map>

#include "base/make_error.h"
#include "base/printable.h"

namespace rigjit {
namespace {

// Of all locales.
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The character that begins at `text[at]`, which is valid UTF-8; moves `at` behind it.
uint32_t next_character(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at++);
  if (first < 0x80) return first;
  const int more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  uint32_t character = first & (0x3f >> more);
  for (int i = 0; i < more && at < text.size(); ++i) {
    character = character << 6 | (byte(at++) & 0x3f);
  }
  return character;
}

}  // namespace

bool is_c_identifier(std::string_view text) {
  if (text.empty() || is_digit(text[0])) return false;
  for (const char c : text) {
    if (!is_letter(c) && !is_digit(c)) return false;
  }
  return true;
}

std::string as_c_identifier(std::string_view name) {
  std::string identifier;
  for (size_t at = 0; at < name.size();) {
    const uint32_t character = next_character(name, at);
    if (character >= 0x80) {
      std::array<char, 12> text{};
      std::snprintf(text.data(), text.size(), "u%04X", static_cast<unsigned>(character));
      identifier += text.data();
      continue;
    }
    const char c = static_cast<char>(character);
    identifier += is_letter(c) || is_digit(c) ? c : '_';
  }
  return identifier;
}

std::string c_prefix(std::string_view rig_name) {
  std::string prefix = as_c_identifier(rig_name);
  if (prefix.empty()) return "rig";
  // C keeps names that begin with `_` for itself.
  return is_digit(prefix[0]) || prefix[0] == '_' ? "rig_" + prefix : prefix;
}

std::string in_capitals(std::string_view identifier) {
  std::string text(identifier);
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

Result<std::vector<std::string>> c_identifiers(std::span<const std::string> names,
                                               const std::string& what) {
  constexpr size_t kMostErrors = 100;
  std::vector<std::string> identifiers;
  std::unordered_map<std::string, size_t> first;
  Errors errors;
  for (size_t i = 0; i < names.size(); ++i) {
    identifiers.push_back(as_c_identifier(names[i]));
    const auto [known, is_new] = first.emplace(identifiers.back(), i);
    if (is_new || errors.size() == kMostErrors) continue;
    errors.push_back(
        make_error("name-clash", "the " + what + "s '" + printable(names[known->second]) +
                                     "' and '" + printable(names[i]) + "' would both be called " +
                                     identifiers.back() + " in C; rename one, or emit no header"));
  }
  if (!errors.empty()) return errors;
  return identifiers;
}

std::string c_string(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || c == '?') {  // `??` begins a trigraph
      literal += '\\';
      literal += c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      literal += c;
    } else {
      literal += '\\';
      for (int shift = 6; shift >= 0; shift -= 3) {
        literal += static_cast<char>('0' + (byte >> shift & 7));
      }
    }
  }
  return literal + "\"";
}

}  // namespace rigjit
