#include "rigjit/error.h"

#include <algorithm>

#include "base/printable.h"

namespace rigjit {
namespace {

// Of what a line shows: names may have 65,535 bytes each.
constexpr std::size_t kMessageBytes = 1000;
constexpr std::size_t kPlaceBytes = 300;
constexpr std::size_t kFileBytes = 4096;  // PATH_MAX

std::string shown(const std::string& text, std::size_t most_bytes) {
  return shortened(printable(text), most_bytes);
}

std::string location(const Error& error) {
  std::string text;
  if (error.file) text += shown(*error.file, kFileBytes) + ":";
  if (error.line) text += std::to_string(*error.line) + ":";
  if (error.column) text += std::to_string(*error.column) + ":";
  return text.empty() ? text : text + " ";
}

}  // namespace

std::string Error::to_string() const {
  std::string text = location(*this) + "error: " + shown(message, kMessageBytes);
  if (suggestion) text += "; did you mean '" + shown(*suggestion, kPlaceBytes) + "'?";
  if (!code.empty()) text += " [" + printable(code) + "]";
  if (path) text += " at " + shown(*path, kPlaceBytes);
  return text;
}

std::string to_string(const Errors& errors, std::size_t most) {
  std::string text;
  const std::size_t count = std::min(most, errors.size());
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : "\n") + errors[i].to_string();
  const std::size_t rest = errors.size() - count;
  if (rest > 0)
    text += "\nand " + std::to_string(rest) + (rest == 1 ? " more error" : " more errors");
  return text;
}

}  // namespace rigjit
