#include "rig/batch.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <thread>
#include <vector>

#include "base/cpu_quota.h"

namespace rigjit {
namespace {

// Bytes read and written that take several times as long as starting a thread.
constexpr std::size_t kLeastBytesAThread = std::size_t{1} << 20;
// Of the frames that a thread takes at once; long enough for the next one to keep off its pages.
constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

std::size_t frame_bytes(const Batch& batch) noexcept {
  return batch.vec_size * sizeof(float) + batch.out_size;
}

// What the threads of one batch share: they take block after block, so that one that starts late or
// shares its core does less.
class Blocks {
 public:
  explicit Blocks(const Batch& batch) noexcept
      : batch_(batch),
        size_(std::max<std::size_t>(kBlockBytes / std::max<std::size_t>(frame_bytes(batch), 1), 1)),
        first_bad_(batch.count) {}

  // Takes blocks until none is left that matters.
  void convert() noexcept {
    for (;;) {
      const std::size_t begin = next_.fetch_add(size_, std::memory_order_relaxed);
      if (begin >= first_bad()) return;
      const std::size_t end = std::min(begin + size_, batch_.count);
      batch_.valid != nullptr ? mark(begin, end) : stop_at_bad(begin, end);
    }
  }

  [[nodiscard]] std::size_t first_bad() const noexcept {
    return first_bad_.load(std::memory_order_relaxed);
  }

 private:
  [[nodiscard]] uint8_t* frame(std::size_t i) const noexcept {
    return batch_.out + i * batch_.out_size;
  }
  [[nodiscard]] bool is_good(std::size_t i) const noexcept {
    return batch_.code(batch_.vecs + i * batch_.vec_size, frame(i)) == 0;
  }

  void mark(std::size_t begin, std::size_t end) noexcept {
    for (std::size_t i = begin; i < end; ++i) {
      const bool good = is_good(i);
      batch_.valid[i] = good ? 1 : 0;
      if (!good) std::memset(frame(i), 0, batch_.out_size);
    }
  }

  // Blocks are taken in ascending order: whatever lies before a bad frame is looked at by somebody.
  void stop_at_bad(std::size_t begin, std::size_t end) noexcept {
    std::size_t i = begin;
    while (i < end && is_good(i)) ++i;
    if (i == end) return;
    std::size_t known = first_bad();
    while (i < known && !first_bad_.compare_exchange_weak(known, i, std::memory_order_relaxed)) {
    }
  }

  const Batch& batch_;
  const std::size_t size_;  // frames
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> first_bad_;  // the lowest known; batch.count: none
};

}  // namespace

std::size_t useful_threads(const Batch& batch, std::size_t wanted) noexcept {
  if (wanted == 1) return 1;
  const std::size_t worth = batch.count * frame_bytes(batch) / kLeastBytesAThread;
  const std::size_t most = std::min({worth, batch.count, usable_cores()});
  return std::max<std::size_t>(wanted == 0 ? most : std::min(wanted, most), 1);
}

std::size_t convert(const Batch& batch, std::size_t threads) noexcept {
  const std::size_t useful = useful_threads(batch, threads);
  Blocks blocks(batch);
  std::vector<std::jthread> others;
  try {
    others.reserve(useful - 1);
    while (others.size() + 1 < useful) others.emplace_back([&blocks] { blocks.convert(); });
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // No memory, or no more threads for this process: fewer do the work.
  }
  blocks.convert();
  others.clear();
  return blocks.first_bad();
}

}  // namespace rigjit
