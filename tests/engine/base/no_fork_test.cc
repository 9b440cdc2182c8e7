#include "base/no_fork.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

namespace rigjit {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNoticeable(50);
constexpr unsigned kWatchdogSeconds = 60;

// Forks; whether the child could take and leave a NoFork.
bool child_can_take_one() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(kWatchdogSeconds);
    {
      const NoFork no_fork;
    }
    ::_exit(0);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(NoFork, ForkWaitsForOtherThreads) {
  std::latch is_inside(1);
  std::atomic<bool> has_left = false;
  std::jthread holder([&] {
    const NoFork no_fork;
    is_inside.count_down();
    std::this_thread::sleep_for(kNoticeable);
    has_left = true;
  });
  is_inside.wait();
  EXPECT_TRUE(child_can_take_one());
  EXPECT_TRUE(has_left);
}

TEST(NoFork, OneThatIsInsideGoesOnAndOthersWait) {
  std::latch is_inside(1);
  std::latch may_nest(1);
  std::atomic<bool> has_nested = false;
  std::jthread holder([&] {
    const NoFork no_fork;
    is_inside.count_down();
    may_nest.wait();
    std::this_thread::sleep_for(kNoticeable);
    const NoFork nested;
    has_nested = true;
  });
  is_inside.wait();
  std::atomic<bool> has_forked = false;
  std::jthread forker([&] {
    may_nest.count_down();
    EXPECT_TRUE(child_can_take_one());
    has_forked = true;
  });
  may_nest.wait();
  for (int i = 0; i < 20; ++i) {
    const NoFork no_fork;
    std::this_thread::sleep_for(milliseconds(1));
  }
  holder.join();
  forker.join();
  EXPECT_TRUE(has_nested);
  EXPECT_TRUE(has_forked);
}

TEST(NoFork, ForkOfTheThreadThatHoldsOneDoesNotWait) {
  std::optional<NoFork> outer;
  outer.emplace();
  EXPECT_TRUE(child_can_take_one());
  outer.reset();
  EXPECT_TRUE(child_can_take_one());
}

TEST(NoFork, ManyThreadsAndForks) {
  std::atomic<bool> done = false;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        const NoFork no_fork;
        const NoFork nested;
        std::this_thread::yield();
      }
    });
  }
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(child_can_take_one());
  std::jthread other([] {
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(child_can_take_one());
  });
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(child_can_take_one());
  other.join();
  done = true;
}

}  // namespace
}  // namespace rigjit
