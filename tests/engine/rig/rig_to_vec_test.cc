// Rig::rig_to_vec and the reader of poses, as C++ callers use them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/rig_fixture.h"
#include "poses/pose_form.h"

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RigToVec : public testing::Test {
 protected:
  Status read(const std::string& text, const PoseOptions& options = {}) {
    return rig_.rig_to_vec(text.data(), text.size(), vec_.data(), options);
  }

  std::shared_ptr<const RigCore> core_ = small_core(no_cache()).value();
  Rig rig_{core_, core_->origin()};
  std::vector<float> vec_ = std::vector<float>(rig_.vec_size(), -7);
};

TEST_F(RigToVec, GivesTheVectorAgain) {
  const std::vector<float> vec = good_vec();
  std::vector<uint8_t> message(rig_.msgpack_size());
  std::vector<float> values(rig_.channel_count());
  ASSERT_TRUE(rig_.vec_to_rig(vec.data(), message.data()));
  ASSERT_TRUE(rig_.vec_to_values(vec.data(), values.data()));
  ASSERT_TRUE(rig_.rig_to_vec(message.data(), message.size(), vec_.data()));
  for (size_t i = 0; i < vec.size(); ++i) EXPECT_NEAR(vec_[i], vec[i], 1e-6) << i;
  std::vector<float> other(rig_.vec_size());
  ASSERT_TRUE(rig_.values_to_vec(values.data(), other.data()));
  EXPECT_EQ(other, vec_);
  EXPECT_TRUE(rig_.kernel("vector").value()(values.data(), other.data()));
  EXPECT_EQ(other, vec_);
}

TEST_F(RigToVec, TakesOnlyItsOwnMessagesTheShortWay) {
  const PoseForm form = PoseForm::make(std::make_shared<const Plan>(small_plan())).value();
  std::vector<uint8_t> message(rig_.msgpack_size());
  ASSERT_TRUE(rig_.vec_to_rig(good_vec().data(), message.data()));
  std::vector<float> values(rig_.channel_count()), expected(rig_.channel_count());
  ASSERT_TRUE(rig_.vec_to_values(good_vec().data(), expected.data()));
  ASSERT_TRUE(form.read_own_message(message, values.data()));
  EXPECT_EQ(values, expected);
  EXPECT_FALSE(form.read_own_message(std::span(message).first(message.size() - 1), values.data()));
  // A changed bit is refused unless it belongs to a number.
  int numbers = 0;
  for (size_t byte = 0; byte < message.size(); ++byte) {
    message[byte] ^= 0x10;
    numbers += form.read_own_message(message, values.data()) ? 1 : 0;
    message[byte] ^= 0x10;
  }
  EXPECT_EQ(numbers, 4 * static_cast<int>(rig_.channel_count()));
}

TEST_F(RigToVec, ReadsFormsOfACallersOwn) {
  PoseOptions options;
  options.missing = PoseOptions::Missing::kRest;
  options.extra = PoseOptions::Extra::kError;
  PoseReader reader(rig_, options);
  const Channel& first = rig_.channels()[0];
  reader.begin_controller(first.controller);
  reader.number(first.attribute, 5);
  ASSERT_TRUE(reader.finish(vec_.data()));
  EXPECT_EQ(vec_[0], 2);  // scale 2, center 1
  // The next pose knows nothing of the last.
  ASSERT_TRUE(reader.finish(vec_.data()));
  EXPECT_EQ(vec_, rig_.rest_vec());
  reader.begin_controller("nobody");
  reader.number("x", 5);
  reader.other("y", "text");
  const Status status = reader.finish(vec_.data(), 3);
  ASSERT_FALSE(status);
  ASSERT_EQ(status.errors().size(), 2u);
  EXPECT_EQ(status.errors()[0].code, "nothing-matches");
  EXPECT_EQ(status.errors()[1].code, "extra-channels");
  for (const Error& error : status.errors()) {
    EXPECT_THAT(error.message, HasSubstr("frame 3: "));
    EXPECT_EQ(error.path, "poses[3]");
  }
  EXPECT_THAT(status.errors()[1].message, HasSubstr("nobody"));
}

TEST_F(RigToVec, AFormThatIsAskedForIsNotGuessed) {
  PoseOptions json, msgpack;
  json.form = PoseOptions::Form::kJson;
  msgpack.form = PoseOptions::Form::kMessagePack;
  EXPECT_EQ(read("\x80", json).errors()[0].code, "malformed-json");
  EXPECT_EQ(read("{}", msgpack).errors()[0].code, "malformed-messagepack");
  EXPECT_EQ(read("\xc0").errors()[0].code, "unknown-form");
  EXPECT_EQ(read("").errors()[0].code, "unknown-form");
}

// Under the address sanitizer: nothing behind a text is read. Each has a block of its own.
TEST_F(RigToVec, SurvivesTruncatedAndCorruptedPoses) {
  std::vector<uint8_t> message(rig_.msgpack_size());
  ASSERT_TRUE(rig_.vec_to_rig(good_vec().data(), message.data()));
  std::string json(rig_.json_capacity(), ' ');
  json.resize(rig_.vec_to_json(good_vec().data(), json.data()).value());
  std::mt19937_64 bits(4);
  int good = 0, bad = 0;
  const auto read_copy = [&](const std::string& text) {
    const std::unique_ptr<char[]> copy(new char[text.size()]);
    std::ranges::copy(text, copy.get());
    (rig_.rig_to_vec(copy.get(), text.size(), vec_.data()).ok() ? good : bad) += 1;
  };
  for (const std::string& text : {std::string(message.begin(), message.end()), json}) {
    for (size_t size = 0; size < text.size(); ++size) read_copy(text.substr(0, size));
    for (int round = 0; round < 3000; ++round) {
      std::string changed = text;
      for (int i = 0; i < 1 + round % 3; ++i) {
        changed[bits() % changed.size()] = static_cast<char>(bits());
      }
      read_copy(changed);
    }
  }
  EXPECT_GT(good, 100);
  EXPECT_GT(bad, 1000);
}

TEST_F(RigToVec, RefusesBuffersThatOverlap) {
  std::vector<float> both(rig_.vec_size() + rig_.channel_count());
  EXPECT_EQ(rig_.values_to_vec(both.data(), both.data() + 1).errors()[0].code,
            "overlapping-buffers");
  EXPECT_EQ(rig_.rig_to_vec(both.data(), 8, both.data()).errors()[0].code, "overlapping-buffers");
}

TEST_F(RigToVec, BatchesNameTheFrameOrMarkIt) {
  const std::string good = "{}";
  PoseOptions options;
  options.missing = PoseOptions::Missing::kRest;
  const std::string name = rig_.channels()[0].controller;
  const std::string wrong = "{\"" + name + "\": 1}";
  const std::vector<Rig::Pose> poses = {
      {good.data(), good.size()}, {wrong.data(), wrong.size()}, {good.data(), good.size()}};
  std::vector<float> vecs(3 * rig_.vec_size(), -7);
  const Status status = rig_.rig_to_vec_batch(poses.data(), 3, vecs.data(), nullptr, options);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.errors()[0].path, "poses[1][\"" + name + "\"]");
  std::vector<uint8_t> valid(3, 7);
  ASSERT_TRUE(rig_.rig_to_vec_batch(poses.data(), 3, vecs.data(), valid.data(), options));
  EXPECT_THAT(valid, ElementsAre(1, 0, 1));
  EXPECT_EQ(std::vector<float>(vecs.end() - static_cast<long>(rig_.vec_size()), vecs.end()),
            rig_.rest_vec());
}

TEST_F(RigToVec, ManyThreadsMayBeginAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::vector<float>> vecs(8, std::vector<float>(rig_.vec_size()));
  PoseOptions options;
  options.missing = PoseOptions::Missing::kRest;
  for (auto& vec : vecs) {
    threads.emplace_back([&] { (void)rig_.rig_to_vec("{}", 2, vec.data(), options); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& vec : vecs) EXPECT_EQ(vec, rig_.rest_vec());
}

}  // namespace
}  // namespace rigjit
