// Loads from many threads at once, and in children forked meanwhile.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "rigjit/load.h"
#include "rigjit/loaded_rigs.h"

namespace rigjit {
namespace {

constexpr int kThreads = 8;
constexpr unsigned kWatchdogSeconds = 60;

// A rig that no other number gives.
std::string spec(int number) {
  return "{rigjit: 1, controllers: [{name: c" + std::to_string(number) +
         ", transformations: [translation: {scale: 2}, rotation3d: {}]}]}";
}

LoadOptions without_files() {
  LoadOptions options;
  options.cache_dir = "/dev/null/no-cache";
  return options;
}

// Whether the rig writes messages and values.
bool works(const Result<Rig>& rig) {
  if (!rig) return false;
  std::vector<uint8_t> message(rig->msgpack_size());
  std::vector<float> values(rig->channel_count());
  return rig->vec_to_rig(rig->rest_vec().data(), message.data()).ok() &&
         rig->vec_to_values(rig->rest_vec().data(), values.data()).ok();
}

class LoadProcess : public testing::Test {
 protected:
  void SetUp() override { forget_loaded_rigs(); }
  void TearDown() override {
    set_loaded_rigs_limit(64);
    forget_loaded_rigs();
  }
};

TEST_F(LoadProcess, ManyThreadsLoadOneRigOnce) {
  for (int round = 0; round < 5; ++round) {
    std::latch start(kThreads);
    std::atomic<int> compiled = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        const Result<Rig> rig = loads(spec(round), without_files());
        EXPECT_TRUE(works(rig));
        compiled += rig && rig->origin() == Origin::kCompiled;
      });
    }
    threads.clear();
    EXPECT_EQ(compiled, 1);
  }
}

TEST_F(LoadProcess, ManyThreadsLoadManyRigs) {
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([thread] {
      for (int i = 0; i < 6; ++i)
        EXPECT_TRUE(works(loads(spec((thread + i) % 10), without_files())));
    });
  }
  threads.clear();
  EXPECT_EQ(forget_loaded_rigs(), 10u);
}

TEST_F(LoadProcess, EveryThreadGetsTheErrorsOfABadSpec) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([] {
      const Result<Rig> rig = loads("{rigjit: 1, controllers: []}", without_files());
      ASSERT_FALSE(rig.ok());
      EXPECT_FALSE(rig.errors().front().code.empty());
    });
  }
}

TEST_F(LoadProcess, LimitOfLoadedRigs) {
  EXPECT_EQ(set_loaded_rigs_limit(2), 64u);
  EXPECT_EQ(loaded_rigs_limit(), 2u);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(works(loads(spec(i), without_files())));
  EXPECT_EQ(loads(spec(2), without_files())->origin(), Origin::kMemory);
  EXPECT_EQ(loads(spec(0), without_files())->origin(), Origin::kCompiled);
  set_loaded_rigs_limit(0);
  EXPECT_EQ(loads(spec(0), without_files())->origin(), Origin::kCompiled);
  EXPECT_EQ(forget_loaded_rigs(), 0u);
}

#if !defined(__SANITIZE_THREAD__)  // whose own threads a child lacks
TEST_F(LoadProcess, ChildrenForkedWhileOthersLoad) {
  constexpr int kLoaders = 3;
  const Result<Rig> before = loads(spec(0), without_files());
  ASSERT_TRUE(before);
  std::atomic<bool> done = false;
  std::atomic<int> next = kLoaders;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kLoaders; ++i) {
    threads.emplace_back([&] {
      while (!done) EXPECT_TRUE(works(loads(spec(next++), without_files())));
    });
  }
  bool all_fine = true;
  for (int i = 0; i < 25 && all_fine; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(kWatchdogSeconds);
      bool fine = works(before);
      // What the others were about to load, and what they were just loading.
      for (int back = 0; back <= kLoaders; ++back) {
        fine = fine && works(loads(spec(next - back), without_files()));
      }
      std::jthread([&] { fine = fine && works(loads(spec(-1), without_files())); }).join();
      ::_exit(fine ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    all_fine = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    EXPECT_TRUE(all_fine) << "fork " << i << ": " << status;
  }
  done = true;
}
#endif

}  // namespace
}  // namespace rigjit
