// A batch over several threads gives what one thread gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <atomic>
#include <limits>

#include "engine/rig_fixture.h"
#include "rig/batch.h"

namespace rigjit {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kFrames = 50001;  // enough for several threads, no multiple of their number

class BatchThreads : public testing::Test {
 protected:
  BatchThreads() {
    for (std::size_t i = 0; i < kFrames; ++i) {
      std::vector<float> vec = good_vec();
      vec[1] = static_cast<float>(i);
      vecs_.insert(vecs_.end(), vec.begin(), vec.end());
    }
  }

  void spoil(std::size_t frame) { vecs_[frame * rig_.vec_size()] = kNan; }

  [[nodiscard]] Batch batch(std::size_t count) {
    return {core_->message(), vecs_.data(),        rig_.vec_size(), count,
            nullptr,          rig_.msgpack_size(), nullptr};
  }

  [[nodiscard]] std::vector<uint8_t> messages(std::size_t threads, uint8_t* valid = nullptr) {
    std::vector<uint8_t> out(kFrames * rig_.msgpack_size());
    const Status status = rig_.vec_to_rig_batch(vecs_.data(), kFrames, out.data(), valid, threads);
    EXPECT_TRUE(status);
    return out;
  }

  std::shared_ptr<const RigCore> core_ = small_core(no_cache()).value();
  Rig rig_{core_, core_->origin()};
  std::vector<float> vecs_;
};

TEST_F(BatchThreads, GiveTheSameBytes) {
  const std::vector<uint8_t> expected = messages(1);
  EXPECT_TRUE(messages(2) == expected);
  EXPECT_TRUE(messages(0) == expected);
  EXPECT_TRUE(messages(1000) == expected);
}

TEST_F(BatchThreads, GiveTheSameValues) {
  std::vector<float> one(kFrames * rig_.channel_count());
  std::vector<float> two(one.size());
  ASSERT_TRUE(rig_.vec_to_values_batch(vecs_.data(), kFrames, one.data()));
  ASSERT_TRUE(rig_.vec_to_values_batch(vecs_.data(), kFrames, two.data(), nullptr, 2));
  EXPECT_TRUE(one == two);
}

TEST_F(BatchThreads, MaskTheSameFrames) {
  for (const std::size_t frame : {std::size_t{0}, kFrames / 2, kFrames - 1}) spoil(frame);
  std::vector<uint8_t> one(kFrames, 0xee);
  std::vector<uint8_t> two(kFrames, 0xee);
  const std::vector<uint8_t> expected = messages(1, one.data());
  EXPECT_TRUE(messages(2, two.data()) == expected);
  EXPECT_TRUE(one == two);
  EXPECT_EQ(one[kFrames / 2], 0);
  EXPECT_EQ(one[1], 1);
}

TEST_F(BatchThreads, ReportTheFirstBadFrameOfAll) {
  // The last block is bad at its begin, the first one near its end.
  spoil(kFrames - 2);
  spoil(kFrames / 2 + 1);
  spoil(kFrames / 2 - 100);
  std::vector<uint8_t> out(kFrames * rig_.msgpack_size());
  for (const std::size_t threads : {1, 2, 0}) {
    for (int repeat = 0; repeat < 20; ++repeat) {
      const Status status =
          rig_.vec_to_rig_batch(vecs_.data(), kFrames, out.data(), nullptr, threads);
      ASSERT_FALSE(status);
      EXPECT_EQ(status.errors().front().path, "vecs[" + std::to_string(kFrames / 2 - 100) + "][0]");
    }
  }
}

TEST_F(BatchThreads, AreNoMoreThanAreUseful) {
  cpu_set_t cores;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(cores), &cores), 0);
  const auto usable = static_cast<std::size_t>(CPU_COUNT(&cores));
  EXPECT_EQ(useful_threads(batch(kFrames), 1), 1u);
  EXPECT_EQ(useful_threads(batch(0), 0), 1u);
  EXPECT_EQ(useful_threads(batch(10), 0), 1u);
  EXPECT_EQ(useful_threads(batch(10), 64), 1u);
  EXPECT_EQ(useful_threads(batch(std::size_t{1} << 40), 0), usable);
  EXPECT_EQ(useful_threads(batch(std::size_t{1} << 40), 100000), usable);
  EXPECT_TRUE(true_in_child([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i) {
      if (CPU_ISSET(i, &cores)) CPU_SET(i, &one);
    }
    return ::sched_setaffinity(0, sizeof(one), &one) == 0 &&
           useful_threads(batch(std::size_t{1} << 40), 0) == 1;
  }));
}

TEST_F(BatchThreads, ThatCannotStartAreDoneByTheCaller) {
  const std::vector<uint8_t> expected = messages(1);
  EXPECT_TRUE(true_in_child([&] {
    drop_root();  // root may start as many threads as it likes
    const rlimit none = {0, 0};
    return ::setrlimit(RLIMIT_NPROC, &none) == 0 && messages(2) == expected && !HasFailure();
  }));
}

}  // namespace
}  // namespace rigjit
