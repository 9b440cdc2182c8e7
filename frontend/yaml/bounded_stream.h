// Feeds a text to yaml-cpp and stops feeding when it reads too far ahead.
#pragma once

#include <cstddef>
#include <optional>
#include <streambuf>
#include <string_view>

#include "yaml/tree_builder.h"

namespace rigjit {

// Why reading is to end at `offset` whatever the text says: "process-ends", "interrupted". A
// ParserTurn is held.
[[nodiscard]] std::optional<TreeFailure> wanted_end(std::size_t offset);

// yaml-cpp's scanner keeps the tokens of a whole flow collection, of 100 bytes and more each,
// before it reports the first: 32 MB of "[a,a,a" would take 10 GB. So the text ends early once too
// much punctuation, or too many open brackets, were read since the last reported event. And it ends
// early where the caller wants its work to end, or the process ends (a ParserTurn is held).
class BoundedStream : public std::streambuf {
 public:
  // `text` must outlive the stream.
  explicit BoundedStream(std::string_view text) : text_(text) {}

  // An event was reported.
  void note_progress() {
    punctuation_ = 0;
    open_brackets_ = 0;
  }

  // Set once the text was cut short: what the parser says from then on means nothing.
  [[nodiscard]] const std::optional<TreeFailure>& cut_short() const { return cut_short_; }

 protected:
  int_type underflow() override;

 private:
  // A spec of 65,536 controllers of five transformations in JSON, one flow collection, has 8 M.
  static constexpr std::size_t kMaxPunctuation = 12'000'000;
  static constexpr std::ptrdiff_t kMaxOpenBrackets = 1000;
  static constexpr std::size_t kChunkBytes = 2048;

  void count(std::string_view chunk);

  std::string_view text_;
  std::size_t next_ = 0;
  std::size_t punctuation_ = 0;
  std::ptrdiff_t open_brackets_ = 0;
  std::optional<TreeFailure> cut_short_;
};

}  // namespace rigjit
