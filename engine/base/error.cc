#include "rigjit/error.h"

#include "base/printable.h"

namespace rigjit {
namespace {

std::string location(const Error& error) {
  std::string text;
  if (error.file) text += *error.file + ":";
  if (error.line) text += std::to_string(*error.line) + ":";
  if (error.column) text += std::to_string(*error.column) + ":";
  return text.empty() ? text : text + " ";
}

}  // namespace

std::string Error::to_string() const {
  std::string text = location(*this) + "error: " + message;
  if (suggestion) text += "; did you mean '" + *suggestion + "'?";
  if (!code.empty()) text += " [" + code + "]";
  if (path) text += " at " + *path;
  return printable(text);
}

std::string to_string(const Errors& errors) {
  std::string text;
  for (const Error& error : errors) {
    if (!text.empty()) text += '\n';
    text += error.to_string();
  }
  return text;
}

}  // namespace rigjit
