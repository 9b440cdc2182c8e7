// Every system call of the cache fails, one after the other: a load gives the right bytes all the
// same, and the next one works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "cache/cache.h"
#include "cache/cache_eviction.h"
#include "engine/rig_fixture.h"
#include "faulty_calls.h"

namespace rigjit {
namespace {

constexpr int kMostCalls = 1000;

// Thousands of renames over what is there take minutes on a disk.
class InMemory : public testing::Environment {
  void SetUp() override {
    struct statvfs status{};
    if (::statvfs("/dev/shm", &status) != 0 || (status.f_flag & (ST_NOEXEC | ST_RDONLY)) != 0)
      return;
    ::setenv("TMPDIR", "/dev/shm", 1);
  }
};
const auto* const in_memory = testing::AddGlobalTestEnvironment(new InMemory);

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

std::vector<uint8_t> encoded(const SpecRecord& record) {
  return encode_record_file(some_record_key(), record);
}

// Whether what is found is what was stored; nothing found, with a reason, is right too.
bool finds_nothing_wrong(const Cache& cache) {
  const auto code = cache.find_code(some_key());
  const auto record = cache.find_record(some_record_key());
  if (!code && code.error().empty()) return false;
  if (!record && record.error().empty()) return false;
  return (!code || (*code)(nullptr, nullptr) == 42) &&
         (!record || encoded(*record) == encoded(some_description()));
}

bool stores_with_reasons(const Cache& cache) {
  const auto code = cache.store_code(some_key(), image_that_returns(42));
  const auto record = cache.store_record(some_record_key(), some_description());
  return (code || !code.error().empty()) && (record || !record.error().empty());
}

// The file's owner is given rights that the umask took.
bool stores_under_a_umask(const Cache& cache) {
  const mode_t before = ::umask(0777);
  const bool stored = stores_with_reasons(cache);
  ::umask(before);
  return stored;
}

bool works(const Cache& cache) {
  if (!cache.store_code(some_key(), image_that_returns(42))) return false;
  if (!cache.store_record(some_record_key(), some_description())) return false;
  const auto code = cache.find_code(some_key());
  return code && (*code)(nullptr, nullptr) == 42 && cache.find_record(some_record_key());
}

// What a process does with a cache, from a state of its directory.
struct Scenario {
  const char* name;
  std::function<void(const std::string& path)> prepare;
  std::function<bool(const Cache&)> run;  // whether nothing wrong was seen
  uint64_t size_limit = kDefaultCacheSize;
};

void fill(const std::string& path) { ASSERT_TRUE(works(DirectoryCache(path))); }

// An old entry that a full cache evicts, and what a crash left.
void fill_and_age(const std::string& path) {
  CodeKey other = some_key();
  other.rig_hash.low = 1;
  ASSERT_TRUE(DirectoryCache(path).store_code(other, image_that_returns(1)));
  write_bytes(path + "/" + temporary_name(1), {1});
  for (const std::string& file : files_below(path)) set_last_use(file, 7200);
}

void fill_and_damage(const std::string& path) {
  fill(path);
  for (const std::string& file : files_below(path)) {
    std::vector<uint8_t> bytes = bytes_of(file);
    bytes.back() ^= 1;
    write_bytes(file, bytes);
  }
}

void fill_and_forget(const std::string& path) {
  fill(path);
  for (const std::string& file : files_below(path)) set_last_use(file, 7200);
}

const Scenario kScenarios[] = {
    {"store in a new directory", [](const std::string&) {}, stores_with_reasons},
    {"store over what is there", fill, stores_with_reasons},
    {"store in a full directory", fill_and_age, stores_with_reasons, 6000},
    {"store under a umask of 0777", fill, stores_under_a_umask},
    {"find", fill, finds_nothing_wrong},
    {"find what was long unused", fill_and_forget, finds_nothing_wrong},
    {"find damage", fill_and_damage, finds_nothing_wrong},
};

// Temporary files may stay where removing them failed or the process ended; never longer than
// until somebody stores something an hour later.
void expect_recovery(const std::string& path, const std::string& what) {
  const DirectoryCache cache(path);
  EXPECT_TRUE(finds_nothing_wrong(cache)) << what;
  EXPECT_TRUE(works(cache)) << what;
  for (const std::string& file : files_below(path)) {
    if (file.find(".tmp-") != std::string::npos) set_last_use(file, 7200);
  }
  std::ignore = evict(path, kDefaultCacheSize);
  for (const std::string& file : files_below(path)) {
    EXPECT_EQ(file.find(".tmp-"), std::string::npos) << what << " left " << file;
  }
}

// Runs the scenario with the plan's fault at each of its calls; how many calls there were.
int spoil_each_call(const Scenario& scenario, FaultPlan plan) {
  for (plan.at = 1; plan.at < kMostCalls; ++plan.at) {
    const ScratchDir dir;
    const std::string path = dir.path("cache");
    scenario.prepare(path);
    const DirectoryCache cache(path, scenario.size_limit);
    const std::ptrdiff_t descriptors = open_descriptors();
    std::string what = std::string(scenario.name) + ", ";
    {
      const FaultyCalls faults(plan);
      EXPECT_TRUE(scenario.run(cache)) << what << plan.at;
      if (!faults.happened()) return plan.at - 1;
      what += faults.calls()[static_cast<std::size_t>(plan.at - 1)] + " is call " +
              std::to_string(plan.at) + ", errno " + std::to_string(plan.error);
    }
    EXPECT_EQ(open_descriptors(), descriptors) << what;
    expect_recovery(path, what);
    if (testing::Test::HasFailure()) return plan.at;
  }
  return kMostCalls;
}

class EveryCacheFault : public testing::TestWithParam<int> {};

TEST_P(EveryCacheFault, IsAMissOrAReason) {
  for (const Scenario& scenario : kScenarios) {
    for (const bool lasting : {false, true}) {
      // Retried for as long as it is said.
      if (lasting && GetParam() == EINTR) continue;
      EXPECT_GT(spoil_each_call(scenario, {0, Fault::kError, GetParam(), lasting}), 5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Errors, EveryCacheFault,
                         testing::Values(ENOSPC, EIO, EACCES, EROFS, EMFILE, ENOENT, ESTALE, EINTR),
                         [](const auto& fault) { return ::strerrorname_np(fault.param); });

TEST(CacheFaults, ShortReadsAndWritesAreContinued) {
  for (const Scenario& scenario : kScenarios) {
    EXPECT_GT(spoil_each_call(scenario, {0, Fault::kShort}), 5);
    EXPECT_GT(spoil_each_call(scenario, {0, Fault::kShort, 0, true}), 5);
  }
}

TEST(CacheFaults, AnInterruptedTransferIsRepeated) {
  for (const char* call : {"openat", "pread", "write"}) {
    int seen = 0;
    for (int at = 1; at < kMostCalls; ++at) {
      const ScratchDir dir;
      const DirectoryCache cache(dir.path("cache"));
      const FaultyCalls faults({at, Fault::kError, EINTR});
      const bool worked = works(cache);
      if (!faults.happened()) break;
      if (faults.calls()[static_cast<std::size_t>(at - 1)] != call) continue;
      ++seen;
      EXPECT_TRUE(worked) << call << " is call " << at;
    }
    EXPECT_GT(seen, 0) << call;
  }
}

// The calls that the scenarios make are those that can be spoilt: all that the cache knows.
TEST(CacheFaults, ReachEveryKindOfCall) {
  std::set<std::string> seen;
  for (const Scenario& scenario : kScenarios) {
    const ScratchDir dir;
    scenario.prepare(dir.path("cache"));
    const FaultyCalls faults({});
    ASSERT_TRUE(scenario.run(DirectoryCache(dir.path("cache"), scenario.size_limit)));
    seen.insert(faults.calls().begin(), faults.calls().end());
  }
  EXPECT_THAT(seen, testing::ElementsAre("close", "fchmod", "fdopendir", "fstat", "fstatat",
                                         "futimens", "getrandom", "mkdirat", "mmap", "openat",
                                         "pread", "readdir", "renameat", "unlinkat", "write"));
}

// How a child ended in which the plan's fault hits `run`.
int status_of_child(const FaultPlan& plan, const std::function<bool()>& run) {
  const pid_t child = ::fork();
  if (child == 0) {
    const FaultyCalls faults(plan);
    ::_exit(run() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(CacheFaults, ACrashBetweenAnyTwoStepsHarmsNobody) {
  for (const Fault fault : {Fault::kCrash, Fault::kCrashAfter, Fault::kShortAndCrash}) {
    for (const Scenario& scenario : kScenarios) {
      int crashes = 0;
      for (int at = 1; at < kMostCalls; ++at) {
        const ScratchDir dir;
        const std::string path = dir.path("cache");
        scenario.prepare(path);
        const int status = status_of_child(
            {at, fault}, [&] { return scenario.run(DirectoryCache(path, scenario.size_limit)); });
        ASSERT_TRUE(status == 0 || status == kCrashStatus) << scenario.name << " " << at;
        crashes += status == kCrashStatus;
        expect_recovery(path, std::string(scenario.name) + ", crash " + std::to_string(at));
        if (HasFailure()) return;
        if (status == 0 && (fault != Fault::kShortAndCrash || at > 60)) break;
      }
      EXPECT_GT(crashes, fault == Fault::kShortAndCrash ? 0 : 5) << scenario.name;
    }
  }
}

// A whole load: it may never fail, and its bytes are right.
class LoadFaults : public testing::Test {
 protected:
  [[nodiscard]] bool loads_right() const {
    const auto core = small_core(cache_);
    return core && message_of(*core) == right_;
  }

  ScratchDir dir_;
  std::string path_ = dir_.path("cache");
  std::shared_ptr<const Cache> cache_ = std::make_shared<const DirectoryCache>(path_);
  std::vector<uint8_t> right_ = message_of(*small_core(no_cache()));
};

TEST_F(LoadFaults, AreSurvivedWithTheRightBytes) {
  ASSERT_FALSE(right_.empty());
  for (const bool is_cached : {false, true}) {
    for (const int error : {ENOSPC, EIO, EACCES}) {
      for (const bool lasting : {false, true}) {
        for (int at = 1; at < kMostCalls; ++at) {
          std::filesystem::remove_all(path_);
          ASSERT_TRUE(!is_cached || loads_right());
          bool happened = false;
          {
            const FaultyCalls faults({at, Fault::kError, error, lasting, true});
            ASSERT_TRUE(loads_right()) << at;
            happened = faults.happened();
          }
          ASSERT_TRUE(loads_right()) << at;
          if (!happened) {
            EXPECT_GT(at, 5);
            break;
          }
        }
      }
    }
  }
}

TEST_F(LoadFaults, ACrashedLoadLeavesTheNextOneRight) {
  for (int at = 1; at < kMostCalls; ++at) {
    std::filesystem::remove_all(path_);
    const int status =
        status_of_child({at, Fault::kCrashAfter, 0, false, true}, [&] { return loads_right(); });
    ASSERT_TRUE(loads_right()) << at;
    if (status == 0) {
      EXPECT_GT(at, 10);
      return;
    }
    ASSERT_EQ(status, kCrashStatus) << at;
  }
}

}  // namespace
}  // namespace rigjit
