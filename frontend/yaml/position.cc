#include "yaml/position.h"

#include <algorithm>

#include "base/utf8.h"

namespace rigjit {

PositionIndex::PositionIndex(std::string_view text) : text_(text), line_starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::size_t PositionIndex::line_index(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(after - line_starts_.begin()) - 1;
}

Position PositionIndex::at(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const std::size_t line = line_index(offset);
  const std::string_view before = text_.substr(line_starts_[line], offset - line_starts_[line]);
  const auto characters = std::count_if(before.begin(), before.end(), begins_character);
  return {static_cast<uint32_t>(line + 1), static_cast<uint32_t>(characters + 1)};
}

std::string_view PositionIndex::line_at(std::size_t offset) const {
  const std::size_t start = line_starts_[line_index(std::min(offset, text_.size()))];
  const std::string_view rest = text_.substr(start);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

}  // namespace rigjit
