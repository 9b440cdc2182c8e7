// Batches against single calls, against more threads, and into memory that was never touched.
//
// Everything is measured in turn, frame by frame of the same batch, so that a neighbour slows all
// of it alike; medians, ratios as counters.
#include <benchmark/benchmark.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <new>
#include <vector>

#include "bench_rigs.h"

namespace rigjit::bench {
namespace {

constexpr std::size_t kFrames = 1000;
constexpr std::size_t kManyFrames = 20000;  // 66 MB in, 200 MB out

double median(std::vector<double>& times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

template <class Call>
double frame_ns(std::size_t frames, Call&& call) {
  const auto begin = std::chrono::steady_clock::now();
  call();
  benchmark::ClobberMemory();
  const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - begin;
  return elapsed.count() / static_cast<double>(frames);
}

// Large arrays in pages of 2 MB where the system has them, as numpy asks for them.
template <class T>
struct HugePages {
  using value_type = T;
  HugePages() = default;
  template <class U>
  explicit HugePages(const HugePages<U>& /*other*/) {}

  T* allocate(std::size_t count) {
    void* memory = ::operator new(count * sizeof(T), kPage);
    ::madvise(memory, count * sizeof(T), MADV_HUGEPAGE);  // refused: pages of 4 kB
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t /*count*/) { ::operator delete(memory, kPage); }
  bool operator==(const HugePages& /*other*/) const { return true; }

  static constexpr std::align_val_t kPage{std::size_t{1} << 21};
};

// The rig, frames that differ, and memory for their messages.
struct Frames {
  explicit Frames(std::size_t frames)
      : rig(compiled_rig("medium")), count(frames), out(frames * rig.msgpack_size(), 1) {
    const std::vector<float> vec = ordinary_vec(rig);
    for (std::size_t i = 0; i < count; ++i) {
      vecs.insert(vecs.end(), vec.begin(), vec.end());
      vecs[i * vec.size()] = static_cast<float>(i);
    }
  }

  void batch(uint8_t* to, std::size_t threads) const {
    benchmark::DoNotOptimize(rig.vec_to_rig_batch(vecs.data(), count, to, nullptr, threads).ok());
  }
  // One after the other into the same place, as a caller that sends each at once.
  void single() {
    for (std::size_t i = 0; i < count; ++i) {
      benchmark::DoNotOptimize(rig.vec_to_rig(vecs.data() + i * rig.vec_size(), out.data()).ok());
      benchmark::ClobberMemory();
    }
  }
  // One after the other, each into its own row.
  void rows() {
    for (std::size_t i = 0; i < count; ++i) {
      benchmark::DoNotOptimize(
          rig.vec_to_rig(vecs.data() + i * rig.vec_size(), out.data() + i * rig.msgpack_size())
              .ok());
    }
  }

  Rig rig;
  std::size_t count;
  std::vector<uint8_t, HugePages<uint8_t>> out;
  std::vector<float, HugePages<float>> vecs;
};

void batch_of_1000(benchmark::State& state) {
  Frames frames(kFrames);
  std::vector<double> single, rows, batch, small_pages, fresh;
  const std::size_t bytes = frames.out.size();
  std::vector<uint8_t> small(bytes, 1);
  for (auto _ : state) {
    single.push_back(frame_ns(kFrames, [&] { frames.single(); }));
    rows.push_back(frame_ns(kFrames, [&] { frames.rows(); }));
    batch.push_back(frame_ns(kFrames, [&] { frames.batch(frames.out.data(), 1); }));
    small_pages.push_back(frame_ns(kFrames, [&] { frames.batch(small.data(), 1); }));
    void* memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return state.SkipWithError("no memory");
    fresh.push_back(frame_ns(kFrames, [&] { frames.batch(static_cast<uint8_t*>(memory), 1); }));
    ::munmap(memory, bytes);
    state.SetIterationTime(batch.back() * 1e-9);
  }
  const double frame = median(batch);
  state.counters["frame_ns"] = frame;
  state.counters["single_call_ns"] = median(single);
  state.counters["row_by_row_ns"] = median(rows);
  state.counters["small_pages_ns"] = median(small_pages);
  state.counters["fresh_memory_ns"] = median(fresh);
}
BENCHMARK(batch_of_1000)->UseManualTime()->Iterations(101);

void batch_in_two_threads(benchmark::State& state) {
  Frames frames(kManyFrames);
  std::vector<double> one, two;
  for (auto _ : state) {
    one.push_back(frame_ns(kManyFrames, [&] { frames.batch(frames.out.data(), 1); }));
    two.push_back(frame_ns(kManyFrames, [&] { frames.batch(frames.out.data(), 2); }));
    state.SetIterationTime(two.back() * 1e-9);
  }
  const double alone = median(one);
  const double together = median(two);
  state.counters["one_thread_ns"] = alone;
  state.counters["two_threads_ns"] = together;
  state.counters["x_one_thread"] = alone / together;
  const auto bytes = static_cast<double>(frames.rig.msgpack_size() + 4 * frames.rig.vec_size());
  state.counters["one_thread_GB_per_s"] = bytes / alone;
}
BENCHMARK(batch_in_two_threads)->UseManualTime()->Iterations(31);

}  // namespace
}  // namespace rigjit::bench
