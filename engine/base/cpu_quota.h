// How much of the processors a container may use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rigjit {

// Cores' worth of time that the control groups of a process allow (Docker's --cpus, Kubernetes'
// limits): the least of its group and all above it, of version 1 or 2. Nothing where there is no
// limit, or none can be read. `groups`: the text of /proc/self/cgroup; `mounts`: the directory that
// they are mounted in, /sys/fs/cgroup.
[[nodiscard]] std::optional<double> cpu_quota(std::string_view groups, const std::string& mounts);

// Cores that this thread may run on, and has time on, at least 1. Asked of the system at most once
// a second. Thread-safe.
[[nodiscard]] std::size_t usable_cores() noexcept;

}  // namespace rigjit
