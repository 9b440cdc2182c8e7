// JSON text, for --json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rigjit/error.h"

namespace rigjit::cli {

// Writes one value, piece by piece. Commas, quotes and escapes are its own business: text is any
// bytes, and what is no UTF-8 becomes U+FFFD.
//
//   JsonPrinter json;
//   json.object().member("name", rig.name()).key("inputs").array(Layout::kLines);
//   for (...) json.value(input);
//   json.end().end();
//   print(json.take());
class JsonPrinter {
 public:
  // Whether what an array or object holds stands in one line, or in a line each.
  enum class Layout : uint8_t { kInline, kLines };

  JsonPrinter& object(Layout layout = Layout::kInline) { return open('{', '}', layout); }
  JsonPrinter& array(Layout layout = Layout::kInline) { return open('[', ']', layout); }
  // Of the innermost object or array.
  JsonPrinter& end();

  JsonPrinter& key(std::string_view name);
  JsonPrinter& value(std::string_view text);
  JsonPrinter& value(const char* text) { return value(std::string_view(text)); }
  JsonPrinter& value(bool truth) { return word(truth ? "true" : "false"); }
  JsonPrinter& value(uint64_t number) { return word(std::to_string(number)); }
  JsonPrinter& value(uint32_t number) { return word(std::to_string(number)); }
  JsonPrinter& null() { return word("null"); }
  // To the nearest whole number, as durations are told.
  JsonPrinter& whole(double number);
  template <typename T>
  JsonPrinter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  // null for an empty text.
  JsonPrinter& value_or_null(std::string_view text) { return text.empty() ? null() : value(text); }

  template <typename T>
  JsonPrinter& member(std::string_view name, const T& held) {
    return key(name).value(held);
  }
  JsonPrinter& member_or_null(std::string_view name, std::string_view text) {
    return key(name).value_or_null(text);
  }

  // The whole text, with a line feed.
  [[nodiscard]] std::string take() { return std::move(text_) + "\n"; }

 private:
  struct Level {
    char close;
    Layout layout;
    bool is_empty = true;
  };

  JsonPrinter& open(char begin, char close, Layout layout);
  JsonPrinter& word(std::string_view text);
  // What stands before the next element.
  void separate();
  void new_line();

  std::string text_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

void write(JsonPrinter& json, const Error& error);

}  // namespace rigjit::cli
