#include "base/json_string.h"

#include <cstdint>

#include "base/utf8.h"

namespace rigjit {
namespace {

void append_escape(std::string& json, char byte) {
  constexpr std::string_view kShort = "\b\t\n\f\r\"\\";
  constexpr std::string_view kLetters = "btnfr\"\\";
  constexpr const char* kHex = "0123456789abcdef";
  json += '\\';
  if (const std::size_t i = kShort.find(byte); i != std::string_view::npos) {
    json += kLetters[i];
  } else {
    json += "u00";
    json += kHex[static_cast<uint8_t>(byte) >> 4];
    json += kHex[static_cast<uint8_t>(byte) & 15];
  }
}

}  // namespace

void append_json_string(std::string& json, std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  json += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (byte < 0x20 || byte == '"' || byte == '\\') {
      append_escape(json, text[i++]);
    } else if (byte < 0x80) {
      json += text[i++];
    } else if (const std::size_t length = utf8_length(text.substr(i)); length > 0) {
      json += text.substr(i, length);
      i += length;
    } else {
      json += kReplacement;
      ++i;
    }
  }
  json += '"';
}

std::string json_quoted(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

}  // namespace rigjit
