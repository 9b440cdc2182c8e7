#include "runtime/batch.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <thread>
#include <vector>

namespace rigjit {
namespace {

// Bytes read and written that take several times as long as starting a thread.
constexpr std::size_t kLeastBytesAThread = std::size_t{1} << 20;

std::size_t usable_cores() noexcept {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof(cores), &cores) == 0) {
    return static_cast<std::size_t>(CPU_COUNT(&cores));
  }
  return std::max(std::thread::hardware_concurrency(), 1u);  // more cores than a cpu_set_t holds
}

void convert_marking(const Batch& batch, std::size_t begin, std::size_t end) noexcept {
  for (std::size_t i = begin; i < end; ++i) {
    uint8_t* frame = batch.out + i * batch.out_size;
    const bool good = batch.code(batch.vecs + i * batch.vec_size, frame) == 0;
    batch.valid[i] = good ? 1 : 0;
    if (!good) std::memset(frame, 0, batch.out_size);
  }
}

// Lowers `first_bad` to the first bad frame of the block, and gives up behind one.
void convert_until_bad(const Batch& batch, std::size_t begin, std::size_t end,
                       std::atomic<std::size_t>& first_bad) noexcept {
  for (std::size_t i = begin; i < end && i < first_bad.load(std::memory_order_relaxed); ++i) {
    if (batch.code(batch.vecs + i * batch.vec_size, batch.out + i * batch.out_size) == 0) continue;
    std::size_t known = first_bad.load(std::memory_order_relaxed);
    while (i < known && !first_bad.compare_exchange_weak(known, i, std::memory_order_relaxed)) {
    }
    return;
  }
}

// Calls work(0) to work(count - 1), each in a thread of its own, but for work(0) and those whose
// thread cannot start, which the caller does.
template <typename Work>
void run_in_threads(std::size_t count, const Work& work) noexcept {
  std::vector<std::jthread> others;
  try {
    others.reserve(count - 1);
    while (others.size() + 1 < count) {
      others.emplace_back([&work, i = others.size() + 1] { work(i); });
    }
  } catch (const std::exception&) {  // no memory, or no more threads for this process
  }
  work(0);
  for (std::size_t i = others.size() + 1; i < count; ++i) work(i);
}

}  // namespace

std::size_t useful_threads(const Batch& batch, std::size_t wanted) noexcept {
  if (wanted == 1) return 1;
  const std::size_t frame_bytes = batch.vec_size * sizeof(float) + batch.out_size;
  const std::size_t worth = batch.count * frame_bytes / kLeastBytesAThread;
  const std::size_t most = std::min({worth, batch.count, usable_cores()});
  return std::max<std::size_t>(wanted == 0 ? most : std::min(wanted, most), 1);
}

std::size_t convert(const Batch& batch, std::size_t threads) noexcept {
  const std::size_t count = useful_threads(batch, threads);
  std::atomic<std::size_t> first_bad = batch.count;
  const auto convert_block = [&](std::size_t block) {
    const std::size_t begin = batch.count / count * block + std::min(block, batch.count % count);
    const std::size_t size = batch.count / count + (block < batch.count % count ? 1 : 0);
    if (batch.valid != nullptr) {
      convert_marking(batch, begin, begin + size);
    } else {
      convert_until_bad(batch, begin, begin + size, first_bad);
    }
  };
  run_in_threads(count, convert_block);
  return first_bad;
}

}  // namespace rigjit
