#include "yaml/bounded_stream.h"

#include <algorithm>

#include "base/interrupted.h"
#include "yaml/parser_turn.h"

namespace rigjit {
std::optional<TreeFailure> wanted_end(std::size_t offset) {
  if (ParserTurn::process_ends()) {
    return TreeFailure{"process-ends", "the process ends while the spec is read", offset, {}};
  }
  if (!interrupted()) return std::nullopt;
  Error error = interrupted_error();
  return TreeFailure{std::move(error.code), std::move(error.message), offset, {}};
}

// A comma costs more than other punctuation: the item behind it is taken for a possible key.
void BoundedStream::count(std::string_view chunk) {
  for (const char c : chunk) {
    switch (c) {
      case ',':
        punctuation_ += 2;
        break;
      case '[':
      case '{':
        ++open_brackets_;
        ++punctuation_;
        break;
      case ']':
      case '}':
        --open_brackets_;
        ++punctuation_;
        break;
      case ':':
      case '?':
      case '"':
      case '\'':
      case '&':
      case '*':
      case '!':
        ++punctuation_;
        break;
      default:
        break;
    }
  }
}

BoundedStream::int_type BoundedStream::underflow() {
  if (cut_short_ || next_ == text_.size()) return traits_type::eof();
  const std::string_view chunk = text_.substr(next_, kChunkBytes);
  count(chunk);
  if (open_brackets_ > kMaxOpenBrackets) {
    cut_short_ = TreeFailure{"too-deep", "more than 1000 brackets are open", next_, {}};
  } else if (punctuation_ > kMaxPunctuation) {
    cut_short_ =
        TreeFailure{"too-complex",
                    "a collection in brackets or a text is too long to read; write block style",
                    next_,
                    {}};
  } else {
    cut_short_ = wanted_end(next_);
  }
  if (cut_short_) return traits_type::eof();
  char* begin = const_cast<char*>(chunk.data());  // a streambuf that is only read from
  setg(begin, begin, begin + chunk.size());
  next_ += chunk.size();
  return traits_type::to_int_type(*begin);
}

}  // namespace rigjit
