#include "cache/cache_eviction.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "base/posix_file.h"
#include "cache/cache_dir.h"
#include "cache/cache_file_kind.h"

namespace rigjit {
namespace {

constexpr std::time_t kHour = 3600;  // seconds

struct Candidate {
  int directory;  // open
  std::string path;
  std::string name;
  CacheFileKind kind;
  struct stat status;
};

class Sweep {
 public:
  explicit Sweep(std::string_view keep) : keep_(keep) {}

  // Judges every file of an open directory; those that vanish meanwhile are none.
  void look_into(int directory, const std::string& path, bool in_specs) {
    const std::expected<std::vector<std::string>, int> names = names_in(directory);
    if (!names) return;
    for (const std::string& name : *names) {
      const CacheFileKind kind = kind_of(name, in_specs);
      if (kind == CacheFileKind::kUnknown) continue;
      const std::expected<struct stat, int> status = status_at(directory, name.c_str());
      if (!status || S_ISDIR(status->st_mode)) continue;
      result_.kept_bytes += static_cast<uint64_t>(status->st_size);
      Candidate candidate{directory, path + "/" + name, name, kind, *status};
      if (kind != CacheFileKind::kTemporary) {
        if (name != keep_) candidates_.push_back(std::move(candidate));
      } else if (now_ - last_use(*status) >= kHour) {
        remove(candidate);
      }
    }
  }

  Eviction shrink_to(uint64_t limit) && {
    std::ranges::sort(candidates_, {}, [](const Candidate& candidate) {
      return std::pair(last_use(candidate.status), std::string_view(candidate.name));
    });
    for (const Candidate& candidate : candidates_) {
      if (result_.kept_bytes <= limit) break;
      remove(candidate);
    }
    return std::move(result_);
  }

 private:
  void remove(const Candidate& candidate) {
    if (!remove_at(candidate.directory, candidate.name.c_str())) return;
    CacheEntry entry;
    entry.path = candidate.path;
    entry.kind = candidate.kind;
    entry.size_bytes = static_cast<uint64_t>(candidate.status.st_size);
    entry.age_s = static_cast<double>(now_ - candidate.status.st_mtim.tv_sec);
    entry.unused_s = static_cast<double>(now_ - last_use(candidate.status));
    result_.evicted_bytes += entry.size_bytes;
    result_.kept_bytes -= entry.size_bytes;
    result_.evicted.push_back(std::move(entry));
  }

  const std::string_view keep_;
  const std::time_t now_ = std::time(nullptr);
  std::vector<Candidate> candidates_;
  Eviction result_;
};

}  // namespace

std::time_t last_use(const struct stat& status) noexcept {
  return std::max(status.st_atim.tv_sec, status.st_mtim.tv_sec);
}

Eviction evict(const std::string& directory, uint64_t limit, std::string_view keep) {
  const std::expected<UniqueFd, std::string> top = open_cache_dir(directory);
  if (!top) {
    Eviction nothing;
    if (!is_missing(directory.c_str())) nothing.unusable = top.error();
    return nothing;
  }
  Sweep sweep(keep);
  sweep.look_into(top->get(), directory, false);
  const std::expected<UniqueFd, std::string> specs = open_cache_dir(directory, kSpecDirectory);
  if (specs) sweep.look_into(specs->get(), directory + "/" + kSpecDirectory, true);
  return std::move(sweep).shrink_to(limit);
}

void touch(int fd, const struct stat& status) {
  if (std::time(nullptr) - last_use(status) < kHour) return;
  [[maybe_unused]] const SysStatus touched = set_access_time(fd);
}

}  // namespace rigjit
