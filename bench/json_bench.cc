// vec_to_json; what of it is the values program, kernel_bench says.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "bench_rigs.h"

namespace rigjit::bench {
namespace {

void vec_to_json(benchmark::State& state, const char* name) {
  const Rig rig = compiled_rig(name);
  const std::vector<float> vec = ordinary_vec(rig);
  std::vector<char> out(rig.json_capacity());
  const Result<std::size_t> bytes = rig.vec_to_json(vec.data(), out.data());  // compiles
  if (!bytes.ok()) return state.SkipWithError("the vector was refused");
  for (auto _ : state) {
    benchmark::DoNotOptimize(rig.vec_to_json(vec.data(), out.data()).ok());
    benchmark::ClobberMemory();
  }
  const auto values = static_cast<double>(rig.channel_count());
  state.counters["bytes"] = static_cast<double>(*bytes);
  state.counters["values"] = values;
  state.counters["s_per_value"] = benchmark::Counter(
      values, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(vec_to_json, medium, "medium");
BENCHMARK_CAPTURE(vec_to_json, affine, "affine");
BENCHMARK_CAPTURE(vec_to_json, medium_50, "medium_50");

}  // namespace
}  // namespace rigjit::bench
