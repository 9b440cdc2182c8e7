// A value that is made when it is first asked for.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "base/no_fork.h"
#include "rigjit/result.h"

namespace rigjit {

// Constant once made. Thread-safe: the first caller makes it while the others wait; after that a
// call costs an atomic load.
template <typename T>
class Lazy {
 public:
  // make() returns Result<T>; its errors are returned, and it is called again the next time.
  template <typename Make>
  Result<const T*> get(Make make) {
    if (const T* value = ready_.load(std::memory_order_acquire)) return value;
    const NoFork no_fork;
    const std::lock_guard lock(mutex_);
    if (!value_) {
      Result<T> made = make();
      if (!made) return std::move(made).errors();
      value_.emplace(std::move(made).value());
      ready_.store(&*value_, std::memory_order_release);
    }
    return &*value_;
  }

 private:
  std::mutex mutex_;
  std::optional<T> value_;                // written under mutex_
  std::atomic<const T*> ready_{nullptr};  // set once value_ is complete
};

}  // namespace rigjit
