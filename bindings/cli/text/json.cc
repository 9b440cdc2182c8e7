#include "text/json.h"

#include <cstdint>
#include <cstdio>

namespace rigjit::cli {
namespace {

// Bytes of the UTF-8 character that `text` begins with, or 0 where it begins with none.
std::size_t utf8_length(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  uint32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return 0;
    code = code << 6U | (byte & 0x3FU);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  return code < kSmallest[length] || code > 0x10FFFF || surrogate ? 0 : length;
}

std::string optional(const std::optional<std::string>& text) {
  return text ? json_string(*text) : "null";
}

std::string optional(const std::optional<uint32_t>& number) {
  return number ? std::to_string(*number) : "null";
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string json = "\"";
  while (!text.empty()) {
    const char c = text[0];
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      json += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      json += {'\\', c};
    } else if (static_cast<uint8_t>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(c));
      json += escape;
    } else {
      json += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return json + '"';
}

std::string json_string_or_null(std::string_view text) {
  return text.empty() ? "null" : json_string(text);
}

std::string json_object(const Error& error) {
  return "{\"code\": " + json_string(error.code) + ", \"message\": " + json_string(error.message) +
         ", \"file\": " + optional(error.file) + ", \"line\": " + optional(error.line) +
         ", \"column\": " + optional(error.column) + ", \"path\": " + optional(error.path) +
         ", \"suggestion\": " + optional(error.suggestion) + "}";
}

}  // namespace rigjit::cli
