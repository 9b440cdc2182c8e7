// A member that is made when it is first asked for.
#pragma once

#include <atomic>
#include <memory>

namespace rigjit::python {

// Thread-safe, with a GIL or without: no thread waits for another, which could then wait for the
// GIL of the first. Where several make the value at once, the first to finish gives it to them all.
template <typename T>
class MadeOnce {
 public:
  MadeOnce() = default;
  ~MadeOnce() { delete value_.load(std::memory_order_relaxed); }
  MadeOnce(const MadeOnce&) = delete;
  MadeOnce& operator=(const MadeOnce&) = delete;

  // make() returns std::unique_ptr<T>. Where that is null, or it throws, there is no value yet, and
  // the next call makes it.
  template <typename Make>
  T* get(Make&& make) {
    if (T* value = value_.load(std::memory_order_acquire)) [[likely]] {
      return value;
    }
    std::unique_ptr<T> made = make();
    T* before = nullptr;
    if (made == nullptr || !value_.compare_exchange_strong(before, made.get())) {
      return before;
    }
    return made.release();
  }

 private:
  std::atomic<T*> value_ = nullptr;
};

}  // namespace rigjit::python
