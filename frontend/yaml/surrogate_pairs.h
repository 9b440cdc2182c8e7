// JSON's way to write characters beyond U+FFFF, which yaml-cpp refuses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rigjit {

// "\uD83D\uDE00" between double quotes is one character, U+1F600. A parser that takes an escape for
// a whole character gets a text of the same length, so that places stay the same, where each half
// stands as a private-use character that the text has nowhere else.
class SurrogatePairs {
 public:
  // `text` must outlive it.
  explicit SurrogatePairs(std::string_view text);

  [[nodiscard]] bool any() const { return !changed_.empty(); }
  // What the parser is to read; `text` itself where it has no pairs.
  [[nodiscard]] std::string_view text() const { return any() ? std::string_view(changed_) : text_; }

  // A value that the parser has read, as the text meant it. Nothing where half a pair is alone.
  [[nodiscard]] std::optional<std::string> restored(const std::string& value) const;

 private:
  std::string_view text_;
  std::string changed_;
  uint32_t stand_in_ = 0;  // of U+D800; the others follow
};

}  // namespace rigjit
