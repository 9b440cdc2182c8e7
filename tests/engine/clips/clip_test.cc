#include "rigjit/clip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>

#include "clips/json_table.h"
#include "clips/safetensors.h"
#include "engine/rig_fixture.h"
#include "rigjit/clip_stream.h"
#include "rigjit/vector_file.h"

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ClipTest : public testing::Test {
 protected:
  ClipTest() : rig_(*small_core(no_cache()), Origin::kCompiled) {}

  // `count` frames that all differ.
  [[nodiscard]] std::vector<float> vecs(std::size_t count) const {
    std::vector<float> all;
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<float> vec = good_vec();
      vec[0] = static_cast<float>(i);
      all.insert(all.end(), vec.begin(), vec.end());
    }
    return all;
  }

  [[nodiscard]] std::vector<float> values(std::size_t count) const {
    std::vector<float> all(count * rig_.channel_count());
    EXPECT_TRUE(rig_.vec_to_values_batch(vecs(count).data(), count, all.data()));
    return all;
  }

  void write(std::size_t count) {
    Result<ClipWriter> writer = ClipWriter::create(path_, rig_, {FrameRate{24000, 1001}, 1001});
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write_batch(vecs(count).data(), count));
    ASSERT_TRUE(writer->close());
  }

  ScratchDir directory_;
  std::string path_ = directory_.path("clip");
  Rig rig_;
};

TEST_F(ClipTest, ReadsWhatWasWritten) {
  write(3);
  const Result<Clip> clip = read_clip(path_);
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->rig_name, rig_.name());
  EXPECT_EQ(clip->rig_hash, rig_.hash());
  EXPECT_EQ(to_string(clip->fps), "24000/1001");
  EXPECT_EQ(clip->start_frame, 1001);
  EXPECT_EQ(clip->frame_count(), 3u);
  EXPECT_EQ(clip->frames, values(3));
  ASSERT_EQ(clip->channels.size(), rig_.channel_count());
  for (std::size_t i = 0; i < clip->channels.size(); ++i) {
    const Channel& wanted = rig_.channels()[i];
    EXPECT_EQ(clip->channels[i].controller, wanted.controller);
    EXPECT_EQ(clip->channels[i].attribute, wanted.attribute);
    EXPECT_EQ(clip->channels[i].kind, wanted.kind);
    EXPECT_EQ(clip->channels[i].rotate_order, wanted.rotate_order);
    EXPECT_EQ(clip->channels[i].angle_unit, wanted.angle_unit);
  }
}

TEST_F(ClipTest, HasItsWholeFramesAtEveryLength) {
  write(2);
  const std::vector<uint8_t> whole = bytes_of(path_);
  const std::size_t row = rig_.channel_count() * sizeof(float);
  const std::size_t begin = whole.size() - 2 * row;
  EXPECT_EQ(begin % kHeaderAlignment, 0u);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_bytes(path_, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    const Result<Clip> clip = read_clip(path_);
    ASSERT_EQ(clip.ok(), size >= begin) << size;
    if (!clip) {
      EXPECT_EQ(clip.errors().front().code, "malformed-file");
      EXPECT_EQ(clip.errors().front().file, path_);
    } else {
      EXPECT_EQ(clip->frame_count(), (size - begin) / row);
    }
  }
}

// What is read after damage must at least be safe to use; sanitizers see the rest.
TEST_F(ClipTest, SurvivesRandomDamage) {
  write(2);
  const std::vector<uint8_t> whole = bytes_of(path_);
  std::mt19937 random(17);
  std::uniform_int_distribution<std::size_t> place(0, whole.size() - 1);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int i = 0; i < 2000; ++i) {
    std::vector<uint8_t> damaged = whole;
    damaged[place(random)] = static_cast<uint8_t>(byte(random));
    damaged[place(random)] = static_cast<uint8_t>(byte(random));
    write_bytes(path_, damaged);
    const Result<Clip> clip = read_clip(path_);
    if (clip) {
      EXPECT_EQ(clip->frames.size(), 2 * clip->channels.size());
    } else {
      EXPECT_EQ(clip.errors().front().code, "malformed-file");
    }
  }
}

TEST_F(ClipTest, IsContinuedByAppend) {
  write(2);
  Result<ClipWriter> writer = ClipWriter::append(path_, rig_);
  ASSERT_TRUE(writer);
  EXPECT_EQ(writer->frame_count(), 2u);
  std::vector<float> more = vecs(4);
  more.erase(more.begin(), more.begin() + 2 * static_cast<std::ptrdiff_t>(rig_.vec_size()));
  ASSERT_TRUE(writer->write_batch(more.data(), 2));
  ASSERT_TRUE(writer->close());
  const std::vector<uint8_t> continued = bytes_of(path_);
  write(4);
  EXPECT_EQ(continued, bytes_of(path_));
}

// As the safetensors package writes it: no blanks before the tensor, which is then followed by few.
TEST_F(ClipTest, IsNotContinuedWhenAnotherProgramWroteItsHeader) {
  write(2);
  const std::vector<uint8_t> whole = bytes_of(path_);
  std::string json(whole.begin() + kSafetensorsPrefix, whole.end());
  const std::size_t end = json.find("]}}") + 3;
  const std::size_t begin = json.find("\"frames\"");
  const std::size_t row = rig_.channel_count() * sizeof(float);
  const std::string data = json.substr(json.size() - 2 * row);
  json =
      json.substr(0, json.find_last_not_of(' ', begin - 1) + 1) + json.substr(begin, end - begin);
  json.resize((json.size() + 7) / 8 * 8, ' ');
  const uint64_t size = json.size();
  std::string resaved(kSafetensorsPrefix, '\0');
  std::memcpy(resaved.data(), &size, sizeof(size));
  resaved += json + data;
  write_bytes(path_, {resaved.begin(), resaved.end()});
  ASSERT_TRUE(read_clip(path_).ok());
  const Result<ClipWriter> writer = ClipWriter::append(path_, rig_);
  ASSERT_FALSE(writer.ok());
  EXPECT_EQ(writer.errors().front().code, "malformed-file");
  EXPECT_EQ(bytes_of(path_), std::vector<uint8_t>(resaved.begin(), resaved.end()));
}

TEST_F(ClipTest, ABadFrameLeavesTheFileAlone) {
  Result<ClipWriter> writer = ClipWriter::create(path_, rig_);
  ASSERT_TRUE(writer);
  std::vector<float> bad = vecs(3);
  bad[rig_.vec_size()] = std::numeric_limits<float>::quiet_NaN();
  const Status status = writer->write_batch(bad.data(), 3);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.errors().front().message, HasSubstr("frame 1"));
  const Status alone = writer->write(bad.data() + rig_.vec_size());
  ASSERT_FALSE(alone.ok());
  EXPECT_THAT(alone.errors().front().message, Not(HasSubstr("frame")));
  EXPECT_EQ(writer->frame_count(), 0u);
  std::vector<uint8_t> valid(3);
  ASSERT_TRUE(writer->write_batch(bad.data(), 3, valid.data()));
  EXPECT_THAT(valid, ElementsAre(1, 0, 1));
  ASSERT_TRUE(writer->close());
  EXPECT_FALSE(writer->is_open());
  EXPECT_EQ(writer->write(bad.data()).errors().front().code, "closed-clip");
}

TEST_F(ClipTest, AMovedOrDestroyedWriterClosesItsFile) {
  {
    Result<ClipWriter> writer = ClipWriter::create(path_, rig_, {FrameRate{24000, 1001}, 1001});
    ASSERT_TRUE(writer);
    ClipWriter moved = std::move(writer).value();
    ASSERT_TRUE(moved.write_batch(vecs(3).data(), 3));
  }
  const std::vector<uint8_t> destroyed = bytes_of(path_);
  write(3);
  EXPECT_EQ(destroyed, bytes_of(path_));
}

TEST_F(ClipTest, OneStreamFrameIsItsLengthAndItsValues) {
  std::vector<uint8_t> out(2 * stream_frame_size(rig_));
  ASSERT_TRUE(stream_frames(rig_, vecs(2).data(), 2, out.data()));
  const std::vector<float> wanted = values(2);
  const std::size_t row = rig_.channel_count() * sizeof(float);
  for (std::size_t i = 0; i < 2; ++i) {
    const uint8_t* frame = out.data() + i * stream_frame_size(rig_);
    EXPECT_EQ(frame[0] | frame[1] << 8 | frame[2] << 16 | frame[3] << 24, row);
    EXPECT_EQ(std::memcmp(frame + 4, wanted.data() + i * rig_.channel_count(), row), 0);
  }
  EXPECT_EQ(stream_end(), std::string(4, '\0'));
}

TEST_F(ClipTest, VectorsComeBack) {
  ASSERT_TRUE(save_vectors(path_, rig_, vecs(3).data(), 3));
  const Result<Vectors> loaded = load_vectors(path_, rig_);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->count, 3u);
  EXPECT_EQ(loaded->elements, vecs(3));
  EXPECT_FALSE(read_clip(path_).ok());
}

TEST(FrameRates, AreRatios) {
  EXPECT_EQ(to_string(*parse_frame_rate("23.976")), "24000/1001");
  EXPECT_EQ(to_string(*parse_frame_rate("48/2")), "24/1");
  for (const char* none : {"", "0", "-1", "nan", "1/0", "24 ", "1e300", "99999999999999999999"}) {
    EXPECT_FALSE(parse_frame_rate(none).ok()) << none;
  }
}

TEST(JsonTable, SurvivesTheRoundTrip) {
  const JsonTable table = {{"a\"\\\n\x01", std::nullopt}, {"\xc3\xa9", "", "c"}};
  EXPECT_EQ(parse_json_table(to_json(table), 2), table);
  EXPECT_FALSE(parse_json_table(to_json(table), 3));
  EXPECT_FALSE(parse_json_table(R"([["\ud800", "a"]])", 2));
  EXPECT_FALSE(parse_json_table("[[\"\xff\", \"a\"]]", 2));
}

}  // namespace
}  // namespace rigjit
