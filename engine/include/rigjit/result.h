// A value or the errors that kept it from being made; C++17's stand-in for std::expected.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "rigjit/error.h"

namespace rigjit {

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Errors errors) : state_(std::in_place_index<1>, std::move(errors)) {
    assert(!std::get<1>(state_).empty());
  }
  Result(Error error) : Result(Errors{std::move(error)}) {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  // Only when ok().
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Only when not ok().
  [[nodiscard]] const Errors& errors() const& { return std::get<1>(state_); }
  [[nodiscard]] Errors&& errors() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Errors> state_;
};

// Nothing to return but success.
struct Done {};
using Status = Result<Done>;

}  // namespace rigjit
