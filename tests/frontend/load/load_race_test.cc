// Many processes load the same rig with one cache directory that is empty at first.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <new>

#include "long_run.h"
#include "rigjit/cache.h"
#include "rigjit/load.h"
#include "rigjit/loaded_rigs.h"
#include "spec_files.h"

namespace rigjit {
namespace {

constexpr int kProcesses = 8;
constexpr int kLoads = 200;  // in each process

constexpr const char* kSpec =
    "rigjit: 1\n"
    "name: racer\n"
    "controllers:\n"
    "  - name: main\n"
    "    transformations:\n"
    "      - translation: {axes: xyz, scale: 25}\n"
    "      - rotation3d: {rotate_order: zxy}\n";

std::vector<uint8_t> message_of(const Rig& rig) {
  std::vector<uint8_t> message(rig.msgpack_size());
  if (!rig.vec_to_rig(rig.rest_vec().data(), message.data())) message.clear();
  return message;
}

// Starts when every process is there. Loads from disk each time, not what the process keeps.
int load_all(const std::string& directory, const std::vector<uint8_t>& right,
             std::atomic<int>& arrived) {
  LoadOptions options;
  options.cache_dir = directory;
  for (++arrived; arrived < kProcesses;) ::usleep(100);
  for (int i = 0; i < kLoads; ++i) {
    const Result<Rig> rig = loads(kSpec, options);
    if (!rig) return 1;
    if (message_of(*rig) != right) return 2;
    // Of the first loads several compile, for the best reason; then nobody does.
    if (i > 0 && rig->origin() != Origin::kCached) return 3;
    forget_loaded_rigs();
  }
  return 0;
}

void race(const std::string& directory, const std::vector<uint8_t>& right) {
  void* shared = ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto& arrived = *new (shared) std::atomic<int>(0);
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(load_all(directory, right, arrived));
    ASSERT_GT(child, 0);
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  ::munmap(shared, sizeof(std::atomic<int>));
}

TEST(LoadRace, EndsWithOneEntryAndNoError) {
  LoadOptions uncached;
  uncached.cache = false;
  const Result<Rig> rig = loads(kSpec, uncached);
  ASSERT_TRUE(rig);
  const std::vector<uint8_t> right = message_of(*rig);
  for (int i = 0; i < (testing::is_long_run() ? 50 : 1); ++i) {
    const SpecDirectory dir;
    const std::string directory = dir.path("cache");
    race(directory, right);
    std::map<CacheEntry::Kind, int> kinds;
    const CacheListing listing = verify_cache(directory).front();
    for (const CacheEntry& entry : listing.entries) {
      EXPECT_EQ(entry.problem, "");
      EXPECT_EQ(entry.rig_hash, rig->hash());
      ++kinds[entry.kind];
    }
    EXPECT_EQ(kinds, (std::map<CacheEntry::Kind, int>{{CacheEntry::Kind::kCode, 1},
                                                      {CacheEntry::Kind::kSpec, 1}}));
  }
}

}  // namespace
}  // namespace rigjit
