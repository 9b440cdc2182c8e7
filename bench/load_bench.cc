// From a spec's text to a rig: parsed only, compiled, or found in the cache on disk.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "bench_rigs.h"
#include "rigjit/load.h"

namespace rigjit::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// A directory of its own, gone with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "rigjit-bench-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void parse_medium(benchmark::State& state) {
  const SpecSource medium = SpecSource::text(rig_text("medium"), "medium");
  for (auto _ : state) benchmark::DoNotOptimize(check(medium).empty());
}
BENCHMARK(parse_medium)->Unit(benchmark::kMillisecond);

void load_compiled_medium(benchmark::State& state) {
  const std::string text = rig_text("medium");
  LoadOptions options;
  options.cache = false;
  for (auto _ : state) {
    const Result<Rig> rig = loads(text, options);
    if (!rig.ok() || rig->origin() != Origin::kCompiled) {
      return state.SkipWithError("the rig was not compiled");
    }
  }
}
BENCHMARK(load_compiled_medium)->Unit(benchmark::kMillisecond);

// A process shares the rigs that it loaded last; loading as many others makes it forget them.
bool forget_shared_rigs(const LoadOptions& options) {
  constexpr int kMoreThanAreShared = 80;
  for (int i = 0; i < kMoreThanAreShared; ++i) {
    const std::string text = "{rigjit: 1, name: r" + std::to_string(i) +
                             ", controllers: [{name: c, transformations: [scale: {}]}]}";
    if (!loads(text, options).ok()) return false;
  }
  return true;
}

void load_cached_medium(benchmark::State& state) {
  const std::string text = rig_text("medium");
  const TemporaryDirectory directory;
  LoadOptions options;
  options.cache_dir = directory.path();
  if (!loads(text, options).ok()) return state.SkipWithError("the spec was refused");
  for (auto _ : state) {
    if (!forget_shared_rigs(options)) return state.SkipWithError("a small spec was refused");
    const auto begin = Clock::now();
    const Result<Rig> rig = loads(text, options);
    state.SetIterationTime(seconds_since(begin));
    if (!rig.ok() || rig->origin() != Origin::kCached) {
      return state.SkipWithError("the rig did not come from the cache on disk");
    }
  }
}
BENCHMARK(load_cached_medium)->UseManualTime()->Iterations(201)->Unit(benchmark::kMillisecond);

// 50 times the controllers: what parsing takes, and what the rest of the load takes beyond it.
void load_compiled_medium_50(benchmark::State& state) {
  const std::string text = rig_text("medium_50");
  const SpecSource source = SpecSource::text(text, "medium_50");
  LoadOptions options;
  options.cache = false;
  double parse_s = 0;
  double load_s = 0;
  for (auto _ : state) {
    auto begin = Clock::now();
    if (!check(source).empty()) return state.SkipWithError("the spec was refused");
    parse_s += seconds_since(begin);
    begin = Clock::now();
    const Result<Rig> rig = loads(text, options);
    const double elapsed = seconds_since(begin);
    if (!rig.ok()) return state.SkipWithError("the rig was not compiled");
    load_s += elapsed;
    state.SetIterationTime(elapsed);
  }
  const auto count = static_cast<double>(state.iterations());
  state.counters["parse_s"] = parse_s / count;
  state.counters["beyond_parse_s"] = (load_s - parse_s) / count;
}
BENCHMARK(load_compiled_medium_50)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rigjit::bench
