#include "base/cpu_quota.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <thread>

#include "base/posix_file.h"

namespace rigjit {
namespace {

std::string text_of(const std::string& path) {
  constexpr std::size_t kMostBytes = 1 << 20;
  const auto file = open_file(path.c_str());
  return file ? read_to_end(file->get(), kMostBytes).value_or("") : "";
}

// The number that a text begins with, which is taken off with the blank behind it.
std::optional<double> take_number(std::string_view& text) {
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(std::min(static_cast<std::size_t>(end - text.data()) + 1, text.size()));
  return static_cast<double>(number);
}

std::optional<double> ratio(std::optional<double> quota, std::optional<double> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return *quota / *period;
}

// Version 2: "200000 100000", or "max 100000".
std::optional<double> quota_v2(const std::string& directory) {
  const std::string text = text_of(directory + "/cpu.max");
  std::string_view rest = text;
  const auto quota = take_number(rest);
  return ratio(quota, take_number(rest));
}

// Version 1: -1 for no limit.
std::optional<double> quota_v1(const std::string& directory) {
  const std::string quota = text_of(directory + "/cpu.cfs_quota_us");
  const std::string period = text_of(directory + "/cpu.cfs_period_us");
  std::string_view quota_rest = quota;
  std::string_view period_rest = period;
  return ratio(take_number(quota_rest), take_number(period_rest));
}

using Read = std::optional<double> (*)(const std::string& directory);

// Of the group and all above it. A container often sees the path of its host, and its own group at
// the root.
void take_least(std::optional<double>& least, Read read, const std::string& mount,
                std::string path) {
  for (;;) {
    if (const auto quota = read(mount + path)) least = std::min(least.value_or(*quota), *quota);
    if (path.empty()) return;
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

std::size_t cores_of_affinity() {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof(cores), &cores) == 0) {
    return static_cast<std::size_t>(CPU_COUNT(&cores));
  }
  return std::max(std::thread::hardware_concurrency(), 1U);  // more cores than a cpu_set_t holds
}

}  // namespace

std::optional<double> cpu_quota(std::string_view groups, const std::string& mounts) {
  std::optional<double> least;
  while (!groups.empty()) {
    // "4:cpu,cpuacct:/path", and of version 2 "0::/path".
    const std::size_t end = std::min(groups.find('\n'), groups.size());
    const std::string_view line = groups.substr(0, end);
    groups.remove_prefix(std::min(end + 1, groups.size()));
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string controllers(line.substr(first + 1, second - first - 1));
    std::string path(line.substr(second + 1));
    if (path == "/") path.clear();
    if (controllers.empty()) {
      take_least(least, quota_v2, mounts, path);
      take_least(least, quota_v2, mounts + "/unified", path);
    } else if (has_word(controllers, "cpu")) {
      take_least(least, quota_v1, mounts + "/" + controllers, path);
      if (controllers != "cpu") take_least(least, quota_v1, mounts + "/cpu", path);
    }
  }
  return least;
}

std::size_t usable_cores() noexcept {
  using Clock = std::chrono::steady_clock;
  static std::atomic<Clock::rep> asked{std::numeric_limits<Clock::rep>::min()};
  static std::atomic<std::size_t> time_for{std::numeric_limits<std::size_t>::max()};
  const Clock::rep now = Clock::now().time_since_epoch().count();
  const Clock::rep before = asked.load(std::memory_order_relaxed);
  if (before < now - Clock::duration(std::chrono::seconds(1)).count()) {
    asked = now;
    try {
      const auto quota = cpu_quota(text_of("/proc/self/cgroup"), "/sys/fs/cgroup");
      time_for = quota ? static_cast<std::size_t>(std::ceil(std::min(*quota, 1e6)))
                       : std::numeric_limits<std::size_t>::max();
      // NOLINTNEXTLINE(bugprone-empty-catch): without memory what was known stays
    } catch (const std::exception&) {
    }
  }
  return std::max<std::size_t>(std::min(cores_of_affinity(), time_for.load()), 1);
}

}  // namespace rigjit
