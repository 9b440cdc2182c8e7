// The words of this room's errors.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/make_error.h"
#include "rigjit/error.h"

namespace rigjit::collision {

// "'hand_l'"
[[nodiscard]] std::string quoted(std::string_view name);

// In three digits: "0.0123", "1.2e-09", "nan".
[[nodiscard]] std::string short_number(double value);

// At most a hundred errors, and one that counts the rest.
class ErrorList {
 public:
  [[nodiscard]] bool is_empty() const { return errors_.empty(); }
  // Whether an error's text would be kept.
  [[nodiscard]] bool has_room() const { return errors_.size() < kMost; }
  void add(Error error);
  // One that would not be kept.
  void count() { ++more_; }
  [[nodiscard]] Errors take() &&;

 private:
  static constexpr std::size_t kMost = 100;

  Errors errors_;
  std::size_t more_ = 0;
};

}  // namespace rigjit::collision
