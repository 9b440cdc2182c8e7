#include "spec/value.h"

#include <algorithm>

namespace rigjit {
namespace {

bool is_word(std::string_view key) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), allowed);
}

std::string quoted(std::string_view key) {
  std::string text = "\"";
  for (const char c : key) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace

std::string path_of(const Value& value) {
  if (value.parent == nullptr) return "$";
  std::string path = path_of(*value.parent);
  if (value.silent) return path;
  if (value.key == nullptr) return path + '[' + std::to_string(value.index) + ']';
  if (is_word(value.key->text)) return path + '.' + std::string(value.key->text);
  return path + '[' + quoted(value.key->text) + ']';
}

}  // namespace rigjit
