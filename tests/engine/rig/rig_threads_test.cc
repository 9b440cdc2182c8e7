// One Rig and many threads: what is made lazily is made while others ask for it.
#include <gtest/gtest.h>

#include <cstring>
#include <latch>
#include <thread>

#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

constexpr int kThreads = 24;
constexpr std::size_t kFrames = 8;

// Everything that a rig makes of a vector and back.
struct Everything {
  std::vector<uint8_t> message, batch, pushed;
  std::vector<float> values, curve, vec;
  std::string json, plan;
  std::size_t channels = 0, inputs = 0;
  bool ok = true;
  friend bool operator==(const Everything&, const Everything&) = default;
};

Everything everything_of(const Rig& rig, const std::vector<float>& vec) {
  Everything all;
  const auto check = [&all](const auto& result) { all.ok = all.ok && result.ok(); };
  all.message.resize(rig.msgpack_size());
  check(rig.vec_to_rig(vec.data(), all.message.data()));
  all.values.resize(rig.channel_count());
  check(rig.vec_to_values(vec.data(), all.values.data()));
  all.json.resize(rig.json_capacity());
  const Result<std::size_t> size = rig.vec_to_json(vec.data(), all.json.data());
  check(size);
  if (size) all.json.resize(*size);
  std::vector<float> frames;
  for (std::size_t i = 0; i < kFrames; ++i) frames.insert(frames.end(), vec.begin(), vec.end());
  all.batch.resize(kFrames * rig.msgpack_size());
  check(rig.vec_to_rig_batch(frames.data(), kFrames, all.batch.data(), nullptr, 2));
  Result<Stream> stream = rig.stream();
  check(stream);
  if (stream) {
    all.pushed.resize(rig.msgpack_size());
    check(stream->push(vec.data(), all.pushed.data()));
    all.curve.resize(rig.channel_count());
    check(stream->push_values(vec.data(), all.curve.data()));
  }
  all.vec.resize(rig.vec_size());
  PoseReader reader(rig, {});
  reader.read(all.message.data(), all.message.size());
  check(reader.finish(all.vec.data()));
  check(rig.values_to_vec(all.values.data(), all.vec.data()));
  const Result<std::string> plan = rig.plan();
  check(plan);
  if (plan) all.plan = *plan;
  all.channels = rig.channels().size();
  all.inputs = rig.inputs().size();
  std::vector<float> bad = vec;
  bad[2] = 0;  // explained by the reference, from the Plan
  all.ok = all.ok && !rig.vec_to_rig(bad.data(), all.message.data()).ok();
  check(rig.vec_to_rig(vec.data(), all.message.data()));
  return all;
}

Rig small_rig() {
  const std::shared_ptr<const RigCore> core = small_core(no_cache()).value();
  return Rig(core, core->origin());
}

TEST(RigThreads, ManyUseOneFromItsFirstCallOn) {
  const Everything expected = everything_of(small_rig(), good_vec());
  ASSERT_TRUE(expected.ok);
  const Rig rig = small_rig();
  std::latch start(kThreads);
  std::vector<Everything> results(kThreads);
  std::vector<std::jthread> threads;
  for (Everything& result : results) {
    threads.emplace_back([&rig, &result, &start] {
      start.arrive_and_wait();
      for (int i = 0; i < 3; ++i) result = everything_of(rig, good_vec());
    });
  }
  threads.clear();
  for (const Everything& result : results) EXPECT_TRUE(result == expected);
}

TEST(RigThreads, HandlesAreCopiedAndDroppedAnywhere) {
  std::optional<Rig> rig = small_rig();
  std::latch start(kThreads + 1);
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([copy = *rig, &start] {
      start.arrive_and_wait();
      std::vector<uint8_t> message(copy.msgpack_size());
      EXPECT_TRUE(copy.vec_to_rig(good_vec().data(), message.data()));
    });
  }
  start.arrive_and_wait();
  rig.reset();
}

}  // namespace
}  // namespace rigjit
