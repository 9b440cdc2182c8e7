#include "collision/schedule.h"

#include <sched.h>

namespace rigjit::collision {
namespace {

// Pairs times frames that take several times as long as starting a thread.
constexpr std::size_t kLeastWorkAThread = 4096;
// So that threads which start late or share their core do less.
constexpr std::size_t kTasksAThread = 8;
// A part has at least as many pairs: its thread places all hulls in its frames first.
constexpr std::size_t kLeastPairs = 64;

std::size_t usable_cores() noexcept {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof(cores), &cores) == 0) {
    return static_cast<std::size_t>(CPU_COUNT(&cores));
  }
  return std::max(std::thread::hardware_concurrency(), 1u);  // more cores than a cpu_set_t holds
}

std::size_t divided_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace

std::size_t useful_threads(const Batch& batch) {
  if (batch.threads == 1) return 1;
  const std::size_t worth = batch.transforms.frames * batch.pair_count / kLeastWorkAThread;
  const std::size_t most = std::min(worth, usable_cores());
  const std::size_t wanted = batch.threads == 0 ? most : std::min<std::size_t>(batch.threads, most);
  return std::max<std::size_t>(wanted, 1);
}

Tasks::Tasks(const Batch& batch, std::size_t threads)
    : lanes_(static_cast<std::size_t>(batch.kernel.lanes)),
      frames_(batch.transforms.frames),
      pairs_(batch.pair_count),
      blocks_(divided_up(frames_, lanes_)) {
  const std::size_t wanted = threads == 1 ? 1 : threads * kTasksAThread;
  const std::size_t most = std::max<std::size_t>(pairs_ / kLeastPairs, 1);
  const std::size_t parts =
      std::clamp<std::size_t>(wanted / std::max<std::size_t>(blocks_, 1), 1, most);
  pairs_a_part_ = std::max<std::size_t>(divided_up(pairs_, parts), 1);
  parts_ = std::max<std::size_t>(divided_up(pairs_, pairs_a_part_), 1);
}

Task Tasks::operator[](std::size_t i) const {
  const std::size_t frame = i / parts_ * lanes_;
  const std::size_t pair = i % parts_ * pairs_a_part_;
  return {i, frame, static_cast<int>(std::min(lanes_, frames_ - frame)), pair,
          std::min(pair + pairs_a_part_, pairs_)};
}

}  // namespace rigjit::collision
