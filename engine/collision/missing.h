// Pairs that no answer was found for.
#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "collision/batch.h"

namespace rigjit::collision {

// Of all threads of a call.
class Missing {
 public:
  explicit Missing(const Batch& batch) : batch_(batch) {}

  // Safe in threads.
  void add(std::size_t frame, std::size_t pair);

  // Marks the frames where the batch has a mask, and else adds an error for each pair, in order.
  // Returns the frames.
  std::set<std::size_t> settle(ErrorList& errors);

 private:
  const Batch& batch_;
  std::mutex mutex_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;  // protected by mutex_
};

}  // namespace rigjit::collision
