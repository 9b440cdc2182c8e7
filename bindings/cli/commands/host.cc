#include "commands/host.h"

#include <gnu/libc-version.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string_view>

#include "base/posix_file.h"

namespace rigjit::cli {
namespace {

// Of the flags in /proc/cpuinfo: what decides between targets, and what the kernels use.
constexpr std::string_view kFeatures[] = {"avx",      "avx2",     "fma",        "bmi1",
                                          "bmi2",     "avx512f",  "avx512bw",   "avx512cd",
                                          "avx512dq", "avx512vl", "avx512vbmi", "asimd"};

// The value of the first line "name : value"; empty if there is none.
std::string cpuinfo(const std::string& text, std::string_view name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with(name)) continue;
    if (line.find_first_not_of(" \t", name.size()) != colon) continue;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return {};
}

std::string known_features(const std::string& flags) {
  std::istringstream words(flags);
  const std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
  std::string known;
  for (const std::string_view feature : kFeatures) {
    if (std::ranges::find(all, feature) == all.end()) continue;
    known += (known.empty() ? "" : " ") + std::string(feature);
  }
  return known;
}

// Of a file of the kernel's; empty where there is none.
std::string text_of(const char* path) {
  constexpr std::size_t kMostBytes = std::size_t{16} << 20;
  const std::expected<UniqueFd, int> file = open_input(path);
  if (!file) return {};
  return read_to_end(file->get(), kMostBytes).value_or("");
}

void add(std::vector<Fact>& facts, const char* name, std::string value) {
  if (!value.empty()) facts.push_back({name, std::move(value)});
}

}  // namespace

std::vector<Fact> host_facts() {
  std::vector<Fact> facts;
  const std::string text = text_of("/proc/cpuinfo");
  std::string model = cpuinfo(text, "model name");
  if (model.empty()) model = cpuinfo(text, "CPU part");  // aarch64 has no name
  add(facts, "cpu", std::move(model));
  const std::string flags = cpuinfo(text, "flags");
  add(facts, "cpu_features", known_features(flags.empty() ? cpuinfo(text, "Features") : flags));
  struct utsname system{};
  if (::uname(&system) == 0) {
    add(facts, "kernel", std::string(system.sysname) + " " + system.release + " " + system.machine);
  }
  add(facts, "libc", std::string("glibc ") + ::gnu_get_libc_version());
  return facts;
}

std::vector<Fact> environment_facts() {
  constexpr std::string_view kOthers[] = {"XDG_CACHE_HOME=", "JITDUMPDIR="};
  std::vector<Fact> facts;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const bool ours =
        text.starts_with("RIGJIT_") ||
        std::ranges::any_of(kOthers, [&](std::string_view name) { return text.starts_with(name); });
    const std::size_t equals = text.find('=');
    if (!ours || equals == std::string_view::npos) continue;
    facts.push_back({std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))});
  }
  std::ranges::sort(facts, {}, &Fact::name);
  return facts;
}

}  // namespace rigjit::cli
