// From byte offsets to the lines and columns that people count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace rigjit {

// Both from 1; columns count characters (code points), not bytes.
struct Position {
  uint32_t line;
  uint32_t column;
};

// Lines end with LF or CR LF.
class PositionIndex {
 public:
  // `text` must outlive the index.
  explicit PositionIndex(std::string_view text);

  // Offsets beyond the text stand for its end. Linear in the length of the line.
  [[nodiscard]] Position at(std::size_t offset) const;
  // The line that holds the offset, without its end.
  [[nodiscard]] std::string_view line_at(std::size_t offset) const;

 private:
  [[nodiscard]] std::size_t line_index(std::size_t offset) const;

  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace rigjit
