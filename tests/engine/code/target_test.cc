// Which targets this machine runs, against what the kernel says of its processor.
#include "code/target.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <set>
#include <sstream>
#include <string>

namespace rigjit {
namespace {

#if defined(__x86_64__)

std::set<std::string> flags_of_the_processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("flags")) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    return {std::istream_iterator<std::string>(words), {}};
  }
  return {};
}

// The x86-64 psABI's table 3.1, in Linux's words: what LLVM may use for a level.
TEST(HostRuns, AsksForEveryBitOfALevel) {
  const std::set<std::string> flags = flags_of_the_processor();
  if (flags.empty()) GTEST_SKIP() << "/proc/cpuinfo has no flags";
  const auto has_all = [&](std::initializer_list<const char*> names) {
    return std::ranges::all_of(names, [&](const char* name) { return flags.contains(name); });
  };
  const bool v3 = has_all({"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3", "avx",
                           "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"});
  const bool v4 = v3 && has_all({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"});
  EXPECT_EQ(host_runs(target_of(TargetId::kX86_64_v3)), v3);
  EXPECT_EQ(host_runs(target_of(TargetId::kX86_64_v4)), v4);
  EXPECT_EQ(host_runs(target_of(TargetId::kX86_64_v4_vbmi)), v4 && flags.contains("avx512vbmi"));
  EXPECT_FALSE(host_runs(target_of(TargetId::kAArch64)));
}

#endif

}  // namespace
}  // namespace rigjit
