#include "cache/cache_eviction.h"

#include <algorithm>
#include <ctime>
#include <optional>
#include <utility>

#include "base/posix_file.h"
#include "cache/cache_dir.h"
#include "cache/cache_file_kind.h"
#include "cache/cache_tally.h"

namespace rigjit {
namespace {

constexpr std::time_t kHour = 3600;  // seconds
// Looking through so many takes less than a millisecond.
constexpr std::size_t kFewFiles = 256;

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
      if (kind == CacheFileKind::kUnknown || kind == CacheFileKind::kTally) continue;
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

  Eviction shrink_to(uint64_t limit, bool make_room) && {
    if (result_.kept_bytes <= limit) return std::move(result_);
    if (make_room && candidates_.size() > kFewFiles) limit -= limit / 8;
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
    entry.age_s = seconds_since(candidate.status.st_mtim.tv_sec);
    entry.unused_s = seconds_unused(candidate.status);
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
  // Clocks of a farm's machines may differ by less.
  const std::time_t latest = std::time(nullptr) + kHour;
  std::time_t last = 0;
  for (const std::time_t time : {status.st_atim.tv_sec, status.st_mtim.tv_sec}) {
    if (time <= latest) last = std::max(last, time);
  }
  return last;
}

double seconds_since(std::time_t time) noexcept {
  return std::max(static_cast<double>(std::time(nullptr) - time), 0.0);
}

double seconds_unused(const struct stat& status) noexcept {
  const std::time_t last = last_use(status);
  return last == 0 ? 0 : seconds_since(last);
}

Eviction evict(const std::string& directory, uint64_t limit, std::string_view keep,
               bool make_room) {
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
  return std::move(sweep).shrink_to(limit, make_room);
}

void keep_within(const std::string& directory, uint64_t limit, std::string_view keep,
                 uint64_t stored_bytes) {
  const std::expected<UniqueFd, std::string> top = open_cache_dir(directory);
  if (!top) return;
  const std::time_t now = std::time(nullptr);
  std::optional<Tally> tally = read_tally(top->get());
  if (tally) {
    const bool is_fresh = now - tally->swept < kHour && tally->swept - now < kHour;
    tally->bytes += std::min(stored_bytes, UINT64_MAX - tally->bytes);
    if (!is_fresh) tally->swept = now;
    // Before looking, too, so that others do not look at the same time.
    write_tally(top->get(), *tally);
    if (is_fresh && tally->bytes <= limit) return;
  }
  write_tally(top->get(), {evict(directory, limit, keep, true).kept_bytes, now});
}

void touch(int fd, const struct stat& status) {
  if (std::time(nullptr) - last_use(status) < kHour) return;
  [[maybe_unused]] const SysStatus touched = set_access_time(fd);
}

}  // namespace rigjit
