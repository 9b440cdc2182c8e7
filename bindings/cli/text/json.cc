#include "text/json.h"

#include <cassert>
#include <cmath>

#include "base/json_string.h"

namespace rigjit::cli {

void JsonPrinter::new_line() {
  text_ += '\n';
  for (const Level& level : levels_) {
    if (level.layout == Layout::kLines) text_ += "  ";
  }
}

void JsonPrinter::separate() {
  if (after_key_ || levels_.empty()) {
    after_key_ = false;
    return;
  }
  Level& level = levels_.back();
  if (!level.is_empty) text_ += level.layout == Layout::kLines ? "," : ", ";
  if (level.layout == Layout::kLines) new_line();
  level.is_empty = false;
}

JsonPrinter& JsonPrinter::open(char begin, char close, Layout layout) {
  separate();
  text_ += begin;
  levels_.push_back({close, layout});
  return *this;
}

JsonPrinter& JsonPrinter::end() {
  assert(!levels_.empty() && !after_key_);
  const Level level = levels_.back();
  levels_.pop_back();
  if (level.layout == Layout::kLines && !level.is_empty) new_line();
  text_ += level.close;
  return *this;
}

JsonPrinter& JsonPrinter::key(std::string_view name) {
  separate();
  append_json_string(text_, name);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

JsonPrinter& JsonPrinter::value(std::string_view text) {
  separate();
  append_json_string(text_, text);
  return *this;
}

JsonPrinter& JsonPrinter::word(std::string_view text) {
  separate();
  text_ += text;
  return *this;
}

JsonPrinter& JsonPrinter::whole(double number) {
  return word(std::isfinite(number) ? std::to_string(std::llround(number)) : "null");
}

void write(JsonPrinter& json, const Error& error) {
  json.object()
      .member("code", error.code)
      .member("message", error.message)
      .member("file", error.file)
      .member("line", error.line)
      .member("column", error.column)
      .member("path", error.path)
      .member("suggestion", error.suggestion)
      .end();
}

}  // namespace rigjit::cli
