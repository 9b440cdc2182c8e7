// What Rig does around its kernels: errors, batches, masks and overlapping buffers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::Each;
using testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class RigBatch : public testing::Test {
 protected:
  // Frames 0 to 3; frame 2 has a NaN as its first input, frame 3 a zero column.
  std::vector<float> frames() const {
    std::vector<float> vecs;
    for (int i = 0; i < 4; ++i) {
      std::vector<float> vec = good_vec();
      vec[1] = static_cast<float>(i);
      if (i == 2) vec[0] = kNan;
      if (i == 3) vec[2] = 0;
      vecs.insert(vecs.end(), vec.begin(), vec.end());
    }
    return vecs;
  }

  std::shared_ptr<const RigCore> core_ = small_core(no_cache()).value();
  Rig rig_{core_, core_->origin()};
  std::vector<uint8_t> out_ = std::vector<uint8_t>(4 * rig_.msgpack_size(), 0xee);
  std::vector<float> values_ = std::vector<float>(4 * rig_.channel_count(), -7);
};

TEST_F(RigBatch, ValuesAreTheChannelsInOrder) {
  const std::vector<float> vec = good_vec();
  const Status status = rig_.vec_to_values(vec.data(), values_.data());
  ASSERT_TRUE(status) << to_string(status.errors());
  EXPECT_EQ(values_[0], 2.0f);
  EXPECT_EQ(values_[1], -1.0f);
  EXPECT_NEAR(values_[2], 0.0f, 1e-4);
  EXPECT_EQ(values_[5], 1.0f);
}

TEST_F(RigBatch, KernelsAloneDoWhatTheMethodsDo) {
  std::vector<float> vec = good_vec();
  std::vector<uint8_t> message(rig_.msgpack_size());
  std::vector<float> values(rig_.channel_count());
  ASSERT_TRUE(rig_.vec_to_rig(vec.data(), message.data()));
  ASSERT_TRUE(rig_.vec_to_values(vec.data(), values.data()));
  const Kernel to_message = rig_.kernel("message").value();
  const Kernel to_values = rig_.kernel("values").value();
  EXPECT_TRUE(to_message(vec.data(), out_.data()));
  EXPECT_TRUE(to_values(vec.data(), values_.data()));
  EXPECT_TRUE(std::equal(message.begin(), message.end(), out_.begin()));
  EXPECT_TRUE(std::equal(values.begin(), values.end(), values_.begin()));
  vec[0] = kNan;
  EXPECT_FALSE(to_message(vec.data(), out_.data()));
  EXPECT_FALSE(to_values(vec.data(), values_.data()));
}

TEST_F(RigBatch, ProgramsOfStreamsAndUnknownOnesHaveNoKernel) {
  for (const char* name : {"message-continuous", "values-continuous", "mesage", ""}) {
    const Result<Kernel> kernel = rig_.kernel(name);
    ASSERT_FALSE(kernel) << name;
    EXPECT_EQ(kernel.errors().front().code, "unknown-program");
  }
}

TEST_F(RigBatch, ASingleBadVectorIsNamed) {
  std::vector<float> vec = good_vec();
  vec[1] = kNan;
  const Status status = rig_.vec_to_rig(vec.data(), out_.data());
  ASSERT_FALSE(status);
  const Error& error = status.errors().front();
  EXPECT_EQ(error.code, "not-finite");
  EXPECT_EQ(error.path, "vec[1]");
  EXPECT_THAT(error.message, HasSubstr("a_CTRL"));
  EXPECT_THAT(error.message, HasSubstr("translateZ"));
  EXPECT_FALSE(rig_.vec_to_values(vec.data(), values_.data()));
}

TEST_F(RigBatch, EqualsSingleCalls) {
  const std::vector<float> vecs = frames();
  ASSERT_TRUE(rig_.vec_to_rig_batch(vecs.data(), 2, out_.data()));
  ASSERT_TRUE(rig_.vec_to_values_batch(vecs.data(), 2, values_.data()));
  for (std::size_t i = 0; i < 2; ++i) {
    std::vector<uint8_t> message(rig_.msgpack_size());
    std::vector<float> values(rig_.channel_count());
    ASSERT_TRUE(rig_.vec_to_rig(&vecs[i * 8], message.data()));
    ASSERT_TRUE(rig_.vec_to_values(&vecs[i * 8], values.data()));
    EXPECT_TRUE(std::equal(message.begin(), message.end(), &out_[i * message.size()]));
    EXPECT_TRUE(std::equal(values.begin(), values.end(), &values_[i * values.size()]));
  }
  EXPECT_EQ(out_[2 * rig_.msgpack_size()], 0xee);
}

TEST_F(RigBatch, StopsAtTheFirstBadFrameAndNamesIt) {
  const std::vector<float> vecs = frames();
  const Status status = rig_.vec_to_rig_batch(vecs.data(), 4, out_.data());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.errors().size(), 1u);
  EXPECT_EQ(status.errors().front().path, "vecs[2][0]");
  EXPECT_THAT(status.errors().front().message, HasSubstr("frame 2: "));
  EXPECT_THAT(status.errors().front().message, HasSubstr("a_CTRL"));
}

TEST_F(RigBatch, MasksBadFramesWithZeros) {
  const std::vector<float> vecs = frames();
  std::vector<uint8_t> valid(4, 0xee);
  ASSERT_TRUE(rig_.vec_to_rig_batch(vecs.data(), 4, out_.data(), valid.data()));
  EXPECT_THAT(valid, testing::ElementsAre(1, 1, 0, 0));
  const auto bad = out_.begin() + std::ptrdiff_t(2 * rig_.msgpack_size());
  EXPECT_THAT(std::vector<uint8_t>(bad, out_.end()), Each(0));
  EXPECT_EQ(out_[rig_.msgpack_size()], out_[0]);
  ASSERT_TRUE(rig_.vec_to_values_batch(vecs.data(), 4, values_.data(), valid.data()));
  EXPECT_THAT(valid, testing::ElementsAre(1, 1, 0, 0));
  EXPECT_THAT(std::vector<float>(values_.begin() + 12, values_.end()), Each(0.0f));
}

TEST_F(RigBatch, OfNothingIsFine) {
  EXPECT_TRUE(rig_.vec_to_rig_batch(nullptr, 0, nullptr));
  EXPECT_TRUE(rig_.vec_to_values_batch(nullptr, 0, nullptr));
}

TEST_F(RigBatch, RefusesOverlappingBuffers) {
  std::vector<float> memory(1000, 0);
  auto* bytes = reinterpret_cast<uint8_t*>(memory.data());
  const auto refused = [](const Status& status) {
    return !status && status.errors().front().code == "overlapping-buffers";
  };
  EXPECT_TRUE(refused(rig_.vec_to_rig(memory.data(), bytes)));
  EXPECT_TRUE(refused(rig_.vec_to_rig(memory.data(), bytes + 8 * 4 - 1)));
  EXPECT_FALSE(refused(rig_.vec_to_rig(memory.data(), bytes + 8 * 4)));
  EXPECT_TRUE(refused(rig_.vec_to_rig_batch(memory.data(), 2, bytes + 16 * 4 - 1)));
  EXPECT_TRUE(refused(rig_.vec_to_values(memory.data() + 5, memory.data())));
  EXPECT_FALSE(refused(rig_.vec_to_values(memory.data() + 6, memory.data())));
}

}  // namespace
}  // namespace rigjit
