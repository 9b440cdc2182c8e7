#include "rig/rig_registry.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

LoadKey key_of(uint64_t number) { return {{0, number}, 10, "", "/cache"}; }

class RigRegistryTest : public testing::Test {
 protected:
  std::shared_ptr<const RigCore> core_ = small_core(no_cache()).value();
};

TEST_F(RigRegistryTest, FindsByEveryPartOfTheKey) {
  RigRegistry registry;
  registry.insert(key_of(1), core_);
  EXPECT_EQ(registry.find(key_of(1)), core_);
  EXPECT_EQ(registry.find(key_of(2)), nullptr);
  EXPECT_EQ(registry.find({{0, 1}, 11, "", "/cache"}), nullptr);
  EXPECT_EQ(registry.find({{0, 1}, 10, "x86-64", "/cache"}), nullptr);
  EXPECT_EQ(registry.find({{0, 1}, 10, "", "/other"}), nullptr);
}

TEST_F(RigRegistryTest, ForgetsTheOneUsedLongestAgo) {
  RigRegistry registry(3);
  for (uint64_t i = 0; i < 3; ++i) registry.insert(key_of(i), core_);
  EXPECT_NE(registry.find(key_of(0)), nullptr);
  registry.insert(key_of(3), core_);
  EXPECT_EQ(registry.size(), 3u);
  EXPECT_EQ(registry.find(key_of(1)), nullptr);
  EXPECT_NE(registry.find(key_of(0)), nullptr);
  EXPECT_NE(registry.find(key_of(2)), nullptr);
  EXPECT_NE(registry.find(key_of(3)), nullptr);
}

TEST_F(RigRegistryTest, KeepsTheFirstOfTwo) {
  RigRegistry registry;
  registry.insert(key_of(1), core_);
  registry.insert(key_of(1), small_core(no_cache()).value());
  EXPECT_EQ(registry.find(key_of(1)), core_);
  EXPECT_EQ(registry.size(), 1u);
}

TEST_F(RigRegistryTest, ReleasesWhatItForgets) {
  RigRegistry registry(1);
  std::weak_ptr<const RigCore> watched;
  {
    const auto core = small_core(no_cache()).value();
    watched = core;
    registry.insert(key_of(1), core);
  }
  EXPECT_FALSE(watched.expired());
  registry.insert(key_of(2), core_);
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(registry.clear(), 1u);
  EXPECT_EQ(registry.size(), 0u);
}

TEST_F(RigRegistryTest, LimitOfHowMany) {
  EXPECT_EQ(RigRegistry().limit(), 64u);
  RigRegistry registry(3);
  for (uint64_t i = 0; i < 3; ++i) registry.insert(key_of(i), core_);
  EXPECT_EQ(registry.set_limit(1), 3u);
  EXPECT_EQ(registry.size(), 1u);
  EXPECT_NE(registry.find(key_of(2)), nullptr);
  EXPECT_EQ(registry.set_limit(0), 1u);
  registry.insert(key_of(1), core_);
  EXPECT_EQ(registry.size(), 0u);
}

TEST_F(RigRegistryTest, TurnsOfOneKeyComeOneAfterTheOther) {
  RigRegistry registry;
  std::atomic<int> inside = 0;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const RigRegistry::Turn turn(registry, key_of(1));
        EXPECT_EQ(++inside, 1);
        --inside;
      }
    });
  }
  threads.clear();
  const RigRegistry::Turn turn(registry, key_of(1));
  const RigRegistry::Turn of_another(registry, key_of(2));
}

TEST_F(RigRegistryTest, IsUsedFromManyThreads) {
  RigRegistry registry(8);
  std::vector<std::jthread> threads;
  for (uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (uint64_t i = 0; i < 500; ++i) {
        registry.insert(key_of((thread + i) % 20), core_);
        std::ignore = registry.find(key_of(i % 20));
      }
    });
  }
  threads.clear();
  EXPECT_EQ(registry.size(), 8u);
}

}  // namespace
}  // namespace rigjit
