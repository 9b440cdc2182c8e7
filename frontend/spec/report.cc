#include "spec/report.h"

#include <algorithm>

#include "base/make_error.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "yaml/position.h"

namespace rigjit {

void Report::add(std::string_view code, const Node& at, const Value& where, std::string message,
                 Suggestion suggestion) {
  if (!is_new(code, at.offset, message)) return;
  mistakes_.push_back(
      {std::string(code), at.offset, path_of(where), std::move(message), std::move(suggestion)});
}

void Report::add(std::string_view code, const Place& place, std::string message,
                 Suggestion suggestion) {
  if (!is_new(code, place.offset, message)) return;
  mistakes_.push_back(
      {std::string(code), place.offset, place.path, std::move(message), std::move(suggestion)});
}

bool Report::is_new(std::string_view code, std::size_t offset, const std::string& message) {
  if (full_ || !seen_.emplace(offset, std::string(code) + ':' + message).second) return false;
  full_ = mistakes_.size() == kMaxErrors;
  return !full_;
}

void Report::add(const TreeFailure& failure) {
  mistakes_.push_back({failure.code, failure.offset, {}, failure.message, failure.suggestion});
}

Errors Report::errors(std::string_view text, const std::string& file) const {
  std::vector<Mistake> sorted = mistakes_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Mistake& a, const Mistake& b) { return a.offset < b.offset; });
  const PositionIndex positions(text);
  Errors errors;
  errors.reserve(sorted.size());
  // Counts on from the mistake before in the same line: a spec may be one line of 32 MB.
  Position position{1, 1};
  std::size_t counted = 0;
  for (Mistake& mistake : sorted) {
    const std::size_t offset = std::min(mistake.offset, text.size());
    const std::string_view between = text.substr(counted, offset - counted);
    if (between.find('\n') != std::string_view::npos) {
      position = positions.at(offset);
    } else {
      position.column +=
          static_cast<uint32_t>(std::count_if(between.begin(), between.end(), begins_character));
    }
    counted = offset;
    Error error = error_in_file(std::move(mistake.code), std::move(mistake.message), file);
    error.line = position.line;
    error.column = position.column;
    if (mistake.path) error.path = printable(*mistake.path);
    error.suggestion = std::move(mistake.suggestion);
    errors.push_back(std::move(error));
  }
  return errors;
}

std::string quote(std::string_view text) {
  constexpr std::size_t kMaxBytes = 60;
  std::string quoted = "'";
  if (text.size() <= kMaxBytes) return quoted.append(text) + "'";
  std::size_t end = kMaxBytes;
  while (!begins_character(text[end])) --end;
  return quoted.append(text.substr(0, end)) + "…'";
}

}  // namespace rigjit
