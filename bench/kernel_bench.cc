// vec_to_rig against copying the bytes of its message: one run, the same buffers, ratios as
// counters.
//
// How two buffers lie to each other modulo 4096 changes the time of a store-bound loop by a factor
// of two, so everything is measured at 64 relative offsets, and the median over them is what
// counts.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <vector>

#include "bench_rigs.h"

namespace rigjit::bench {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kStep = 64;
constexpr std::size_t kOffsets = kPage / kStep;
constexpr int kBatches = 9;
constexpr int kCallsABatch = 32;

template <std::size_t kBytes>
struct Wide {
  using Bytes __attribute__((vector_size(kBytes), aligned(1), may_alias)) = uint8_t;
};

// Plain loads and stores, ascending; the last one overlaps. size >= kBytes.
template <std::size_t kBytes>
[[gnu::always_inline]] inline void copy(uint8_t* to, const uint8_t* from, std::size_t size) {
  using Bytes = typename Wide<kBytes>::Bytes;
  for (std::size_t i = 0; i + kBytes <= size; i += kBytes) {
    *reinterpret_cast<Bytes*>(to + i) = *reinterpret_cast<const Bytes*>(from + i);
    asm volatile("" ::: "memory");  // or the compiler calls memcpy
  }
  const std::size_t last = size - kBytes;
  *reinterpret_cast<Bytes*>(to + last) = *reinterpret_cast<const Bytes*>(from + last);
}

using Copy = void (*)(uint8_t*, const uint8_t*, std::size_t);

#if defined(__x86_64__)
[[gnu::target("avx512f")]] void copy_64(uint8_t* to, const uint8_t* from, std::size_t size) {
  copy<64>(to, from, size);
}
[[gnu::target("avx2")]] void copy_32(uint8_t* to, const uint8_t* from, std::size_t size) {
  copy<32>(to, from, size);
}
#endif
void copy_16(uint8_t* to, const uint8_t* from, std::size_t size) { copy<16>(to, from, size); }

// The loop with the widest registers of this machine.
Copy widest_copy() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return copy_64;
  if (__builtin_cpu_supports("avx2")) return copy_32;
#endif
  return copy_16;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Nanoseconds of one call: the median of a few batches.
template <class Call>
double time_ns(Call&& call) {
  std::vector<double> batches;
  for (int batch = 0; batch < kBatches; ++batch) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kCallsABatch; ++i) {
      call();
      benchmark::ClobberMemory();
    }
    const std::chrono::duration<double, std::nano> elapsed =
        std::chrono::steady_clock::now() - begin;
    batches.push_back(elapsed.count() / kCallsABatch);
  }
  return median(std::move(batches));
}

uint8_t* align_to_page(std::vector<uint8_t>& buffer) {
  const auto address = reinterpret_cast<uintptr_t>(buffer.data());
  return buffer.data() + (kPage - address % kPage) % kPage;
}

struct Sweep {
  std::vector<double> memcpy_ns, copy_ns, kernel_ns;
};

// Source and destination are `offset` apart modulo 4096; the vector and the copy's source begin
// alike.
Sweep measure(const Rig& rig, const std::vector<float>& vec) {
  const std::size_t size = rig.msgpack_size();
  const std::size_t vec_bytes = vec.size() * sizeof(float);
  std::vector<uint8_t> input_buffer(vec_bytes + kPage);
  std::vector<uint8_t> message_buffer(size + kPage);
  std::vector<uint8_t> output_buffer(size + 2 * kPage);
  uint8_t* input = align_to_page(input_buffer);
  uint8_t* message = align_to_page(message_buffer);
  std::memcpy(input, vec.data(), vec_bytes);
  const auto* elements = reinterpret_cast<const float*>(input);
  if (!rig.vec_to_rig(elements, message).ok()) return {};

  const Copy copy_wide = widest_copy();
  Sweep sweep;
  for (std::size_t offset = 0; offset < kOffsets; ++offset) {
    uint8_t* out = align_to_page(output_buffer) + offset * kStep;
    sweep.memcpy_ns.push_back(time_ns([&] { std::memcpy(out, message, size); }));
    sweep.copy_ns.push_back(time_ns([&] { copy_wide(out, message, size); }));
    sweep.kernel_ns.push_back(
        time_ns([&] { benchmark::DoNotOptimize(rig.vec_to_rig(elements, out).ok()); }));
  }
  return sweep;
}

void run(benchmark::State& state, const char* name) {
  const Rig rig = compiled_rig(name);
  const std::vector<float> vec = ordinary_vec(rig);
  Sweep all;
  for (auto _ : state) {
    const Sweep sweep = measure(rig, vec);
    if (sweep.kernel_ns.empty()) return state.SkipWithError("the vector was refused");
    state.SetIterationTime(median(sweep.kernel_ns) * 1e-9);
    all.memcpy_ns.insert(all.memcpy_ns.end(), sweep.memcpy_ns.begin(), sweep.memcpy_ns.end());
    all.copy_ns.insert(all.copy_ns.end(), sweep.copy_ns.begin(), sweep.copy_ns.end());
    all.kernel_ns.insert(all.kernel_ns.end(), sweep.kernel_ns.begin(), sweep.kernel_ns.end());
  }
  const double kernel = median(all.kernel_ns);
  const double copied = median(all.memcpy_ns);
  const double wide = median(all.copy_ns);
  state.counters["bytes"] = static_cast<double>(rig.msgpack_size());
  state.counters["values"] = static_cast<double>(rig.channel_count());
  state.counters["memcpy_ns"] = copied;
  state.counters["copy_loop_ns"] = wide;
  state.counters["x_memcpy"] = kernel / copied;
  state.counters["x_copy_loop"] = kernel / wide;
  state.counters["worst_offset_ns"] = *std::max_element(all.kernel_ns.begin(), all.kernel_ns.end());
}

void vec_to_rig_medium(benchmark::State& state) { run(state, "medium"); }
void vec_to_rig_affine(benchmark::State& state) { run(state, "affine"); }
BENCHMARK(vec_to_rig_medium)->UseManualTime()->Iterations(21)->Unit(benchmark::kNanosecond);
BENCHMARK(vec_to_rig_affine)->UseManualTime()->Iterations(21)->Unit(benchmark::kNanosecond);

void vec_to_values_medium(benchmark::State& state) {
  const Rig rig = compiled_rig("medium");
  const std::vector<float> vec = ordinary_vec(rig);
  std::vector<float> values(rig.channel_count());
  for (auto _ : state) {
    if (!rig.vec_to_values(vec.data(), values.data()).ok()) {
      return state.SkipWithError("the vector was refused");
    }
    benchmark::ClobberMemory();
  }
}
BENCHMARK(vec_to_values_medium);

// The medium rig with 60 bools, ints and enums more against 60 floats more, in turn.
void vec_to_rig_typed(benchmark::State& state) {
  const Rig rigs[] = {compiled_rig("medium"), compiled_rig("medium_float"),
                      compiled_rig("medium_typed")};
  std::vector<double> times[3];
  for (auto _ : state) {
    for (int i = 0; i < 3; ++i) {
      const std::vector<float> vec = ordinary_vec(rigs[i]);
      std::vector<uint8_t> buffer(rigs[i].msgpack_size() + kPage);
      uint8_t* out = align_to_page(buffer);
      times[i].push_back(
          time_ns([&] { benchmark::DoNotOptimize(rigs[i].vec_to_rig(vec.data(), out).ok()); }));
    }
    state.SetIterationTime(times[2].back() * 1e-9);
  }
  state.counters["medium_ns"] = median(times[0]);
  state.counters["with_floats_ns"] = median(times[1]);
  state.counters["x_with_floats"] = median(times[2]) / median(times[1]);
}
BENCHMARK(vec_to_rig_typed)->UseManualTime()->Iterations(501)->Unit(benchmark::kNanosecond);

// A stream against the plain conversion of the same vectors, in turn.
void stream_medium(benchmark::State& state) {
  const Rig rig = compiled_rig("medium");
  Result<Stream> stream = rig.stream();
  if (!stream.ok()) return state.SkipWithError("no stream");
  const std::vector<float> vec = ordinary_vec(rig);
  std::vector<uint8_t> buffer(rig.msgpack_size() + kPage);
  uint8_t* out = align_to_page(buffer);
  std::vector<double> plain, continuous;
  for (auto _ : state) {
    plain.push_back(
        time_ns([&] { benchmark::DoNotOptimize(rig.vec_to_rig(vec.data(), out).ok()); }));
    continuous.push_back(
        time_ns([&] { benchmark::DoNotOptimize(stream->push(vec.data(), out).ok()); }));
    state.SetIterationTime(continuous.back() * 1e-9);
  }
  state.counters["plain_ns"] = median(plain);
  state.counters["x_plain"] = median(continuous) / median(plain);
}
BENCHMARK(stream_medium)->UseManualTime()->Iterations(501)->Unit(benchmark::kNanosecond);

}  // namespace
}  // namespace rigjit::bench
