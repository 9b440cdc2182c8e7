// Collects the mistakes of a spec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rigjit/error.h"
#include "spec/value.h"
#include "yaml/tree_builder.h"

namespace rigjit {

// Beyond these, one more error says that there are more: "too-many-errors".
inline constexpr std::size_t kMaxErrors = 1000;

// Where a value stands, for mistakes that are found when its tree is gone.
struct Place {
  std::size_t offset = 0;
  std::string path;
};

class Report {
 public:
  using Suggestion = std::optional<std::string>;

  // `at`: the key or value to point at; `where`: the value that the path leads to. A mistake in a
  // value that many aliases share is kept once, with the path of the first.
  void add(std::string_view code, const Node& at, const Value& where, std::string message,
           Suggestion suggestion = {});
  void add(std::string_view code, const Place& place, std::string message,
           Suggestion suggestion = {});
  // A mistake of the text as a whole; no path leads to it.
  void add(const TreeFailure& failure);

  [[nodiscard]] bool empty() const { return mistakes_.empty(); }
  // Enough mistakes for anyone: what remains need not be looked at.
  [[nodiscard]] bool full() const { return full_; }
  [[nodiscard]] std::size_t count() const { return mistakes_.size(); }

  // In the order of their places. `text`: what the offsets refer to.
  [[nodiscard]] Errors errors(std::string_view text, const std::string& file) const;

 private:
  struct Mistake {
    std::string code;
    std::size_t offset;
    std::optional<std::string> path;
    std::string message;
    Suggestion suggestion;
  };

  [[nodiscard]] bool is_new(std::string_view code, std::size_t offset, const std::string& message);

  std::vector<Mistake> mistakes_;
  std::set<std::pair<std::size_t, std::string>> seen_;  // offset, code and message
  bool full_ = false;
};

// A scalar's text for a message: quoted, and cut when long.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace rigjit
