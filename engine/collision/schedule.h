// Splitting a batch over threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/default_float_env.h"
#include "collision/batch.h"

namespace rigjit::collision {

// Some pairs in a block of frames: what a thread takes at once.
struct Task {
  std::size_t index;
  std::size_t first_frame;
  int lanes;
  std::size_t first_pair;
  std::size_t end_pair;
};

// Threads that are worth it: never more than there are cores, nor than asked for (0: any number).
[[nodiscard]] std::size_t useful_threads(const Batch& batch);

// Blocks of frames, in order, and of each block parts of the pairs where there are too few blocks
// for the threads.
class Tasks {
 public:
  Tasks(const Batch& batch, std::size_t threads);

  [[nodiscard]] std::size_t count() const { return blocks_ * parts_; }
  // Of a block; consecutive.
  [[nodiscard]] std::size_t parts() const { return parts_; }
  [[nodiscard]] Task operator[](std::size_t i) const;

 private:
  std::size_t lanes_;
  std::size_t frames_;
  std::size_t pairs_;
  std::size_t blocks_;
  std::size_t pairs_a_part_;
  std::size_t parts_;
};

// On each thread makes a worker by make() and calls worker(task) for the tasks it takes, which are
// taken in order. The caller is one of the threads, and does the work of those that cannot start;
// all have ended when it returns. Throws what a worker threw.
template <typename Make>
void run_tasks(const Tasks& tasks, std::size_t threads, const Make& make) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    const DefaultFloatEnv float_env;
    try {
      auto worker = make();
      for (std::size_t i = next++; i < tasks.count(); i = next++) worker(tasks[i]);
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      next = tasks.count();
    }
  };
  std::vector<std::jthread> others;
  try {
    others.reserve(threads - 1);
    while (others.size() + 1 < threads) others.emplace_back(work);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // No memory, or no more threads for this process: fewer do the work.
  }
  work();
  others.clear();
  if (failure != nullptr) std::rethrow_exception(failure);
}

}  // namespace rigjit::collision
