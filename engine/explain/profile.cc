#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <limits>
#include <utility>

#include "base/make_error.h"
#include "code/loaded_code.h"
#include "code/program_names.h"
#include "codegen/link/compile.h"
#include "rig/rig_core.h"
#include "rigjit/part_profile.h"

namespace rigjit {
namespace {

using Clock = std::chrono::steady_clock;

struct alignas(64) Line {
  float floats[16];
};

// The shortest of several runs: what disturbs a run only makes it longer.
template <class Call>
double nanoseconds(Call call) {
  constexpr int kRuns = 15;
  constexpr std::chrono::microseconds kShortestRun(50);
  int calls = 1;
  for (;; calls *= 2) {
    const auto begin = Clock::now();
    for (int i = 0; i < calls; ++i) call();
    if (Clock::now() - begin >= kShortestRun) break;
  }
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < kRuns; ++run) {
    const auto begin = Clock::now();
    for (int i = 0; i < calls; ++i) call();
    const std::chrono::duration<double, std::nano> time = Clock::now() - begin;
    best = std::min(best, time.count() / calls);
  }
  return best;
}

// "segment0.lanes.3" -> {"segment0", "lanes", "3"}
std::vector<std::string> path_of(const std::string& name) {
  std::vector<std::string> path;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    path.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return path;
}

CallProfile measure(const PartImage& parts, const LoadedCode& code, const std::vector<float>& vec,
                    std::size_t out_size) {
  std::vector<uint8_t> out(out_size + sizeof(Line));  // a part may write a vector behind its end
  std::vector<Line> scratch(parts.scratch_floats / 16 + 1);
  CallProfile profile;
  profile.call_ns = nanoseconds([&] { code(vec.data(), out.data()); });
  double sum = 0;
  for (const PartImage::Part& part : parts.parts) {
    const auto function = std::bit_cast<PartFunction>(code.bytes().data() + part.offset);
    PartTime time{path_of(part.name), part.what, {}, 0, 0};
    time.channels.assign(part.channels.begin(), part.channels.end());
    time.ns = nanoseconds([&] { function(vec.data(), out.data(), scratch.data()->floats); });
    sum += time.ns;
    profile.parts.push_back(std::move(time));
  }
  for (PartTime& time : profile.parts) time.share = time.ns / sum;
  return profile;
}

}  // namespace

Result<CallProfile> profile(const Rig& rig, const float* vec, const std::string& program) {
  const Result<Program> found = find_program(program);
  if (!found) return found.errors();
  if (*found != Program::kMessage && *found != Program::kValues) {
    return make_error("not-profiled", "the parts of the program '" + program +
                                          "' are not measured, only those of message and values");
  }
  const RigCore& core = RigAccess::core_of(rig);
  if (!host_runs(core.target())) {
    return make_error("target-not-runnable",
                      "this machine does not run code for " + std::string(core.target().name));
  }
  const Result<std::shared_ptr<const Plan>> plan = core.plan();
  if (!plan) return plan.errors();
  const Result<PartImage> parts = compile_parts(**plan, *found, core.target());
  if (!parts) return parts.errors();
  const Result<LoadedCode> code = LoadedCode::copy(parts->image);
  if (!code) return code.errors();
  // Parts read whole vectors, the kernel from a padded copy where the input is shorter.
  std::vector<float> padded(std::max<std::size_t>(rig.vec_size(), core.target().lanes));
  std::memcpy(padded.data(), vec, rig.vec_size() * sizeof(float));
  return measure(
      *parts, *code, padded,
      *found == Program::kMessage ? rig.msgpack_size() : rig.channel_count() * sizeof(float));
}

}  // namespace rigjit
