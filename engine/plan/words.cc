#include "plan/words.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/default_float_env.h"
#include "base/printable.h"

namespace rigjit {

std::string digits(float value) {
  const DefaultFloatEnv env;
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string digits(double value) {
  const DefaultFloatEnv env;
  if (const auto narrow = static_cast<float>(value); narrow == value) return digits(narrow);
  std::array<char, 32> buffer{};
  char* end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string list_of_names(const std::vector<std::string>& names) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
  std::string text = "[";
  for (const std::string& name : names) {
    if (text.size() > 1) text += ", ";
    if (name.find_first_not_of(kPlain) == std::string::npos) {
      text += name;
      continue;
    }
    text += '"';
    for (const char c : name) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return printable(text + "]");
}

const char* word_of(LimitRule rule) { return rule == LimitRule::kClamp ? "clamp" : "error"; }

const char* word_of(Rot6dLayout layout) {
  constexpr std::array<const char*, 3> kWords = {"columns", "rows", "interleaved"};
  return kWords[std::to_underlying(layout)];
}

const char* word_of(RotationOutput output) {
  return output == RotationOutput::kEuler ? "euler" : "quaternion";
}

}  // namespace rigjit
