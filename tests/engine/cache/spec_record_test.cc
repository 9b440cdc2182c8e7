#include "cache/spec_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/cache.h"
#include "cache/cache_dir.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::HasSubstr;

class SpecRecord : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(cache_.store_record(some_record_key(), some_description()));
    good_ = bytes_of(path_);
  }
  std::string refusal(const std::vector<uint8_t>& bytes) {
    write_bytes(path_, bytes);
    const auto found = cache_.find_record(some_record_key());
    return found ? "" : found.error();
  }

  ScratchDir dir_;
  DirectoryCache cache_{dir_.path()};
  std::string path_ = dir_.path(std::string(kSpecDirectory) + "/" + some_record_key().file_name());
  std::vector<uint8_t> good_;
};

TEST_F(SpecRecord, IsFound) {
  const auto found = cache_.find_record(some_record_key());
  ASSERT_TRUE(found) << found.error();
  ASSERT_TRUE(std::holds_alternative<RigDescription>(*found));
  EXPECT_EQ(encode_description(std::get<RigDescription>(*found)),
            encode_description(some_description()));
}

TEST_F(SpecRecord, HasAKeyOfTextAndMeaning) {
  const Hash128 digest = record_key({"text"}, "meaning").digest;
  EXPECT_EQ(record_key({"text"}, "meaning").digest, digest);
  EXPECT_NE(record_key({"text "}, "meaning").digest, digest);
  EXPECT_NE(record_key({"text"}, "other").digest, digest);
  EXPECT_NE(record_key({"gtext"}, "meanin").digest, digest);
  EXPECT_NE(record_key({"text", ""}, "meaning").digest, digest);
  EXPECT_NE(record_key({"te", "xt"}, "meaning").digest, digest);
  EXPECT_NE(record_key({"te", "xt"}, "meaning").digest, record_key({"tex", "t"}, "meaning").digest);
  EXPECT_EQ(record_key({"te", "xt"}, "meaning").text_size, 4u);
}

TEST_F(SpecRecord, MayNameABase) {
  ASSERT_TRUE(cache_.store_record(some_record_key(), BaseLink{"biped.yaml"}));
  const auto found = cache_.find_record(some_record_key());
  ASSERT_TRUE(found) << found.error();
  ASSERT_TRUE(std::holds_alternative<BaseLink>(*found));
  EXPECT_EQ(std::get<BaseLink>(*found).base, "biped.yaml");
  ASSERT_TRUE(cache_.store_record(some_record_key(), BaseLink{}));
  EXPECT_FALSE(cache_.find_record(some_record_key())) << "a base has a name";
}

TEST_F(SpecRecord, IsRefusedAndRemovedWhenAnyByteIsFlipped) {
  for (std::size_t i = 0; i < good_.size(); ++i) {
    std::vector<uint8_t> bytes = good_;
    bytes[i] ^= 0x80;
    EXPECT_NE(refusal(bytes), "") << "byte " << i;
    EXPECT_FALSE(std::filesystem::exists(path_)) << "byte " << i;
  }
  EXPECT_EQ(refusal(good_), "");
}

TEST_F(SpecRecord, IsRefusedWhenTruncatedOrLonger) {
  for (std::size_t size = 0; size < good_.size(); ++size) {
    EXPECT_NE(refusal({good_.begin(), good_.begin() + std::ptrdiff_t(size)}), "") << size;
  }
  std::vector<uint8_t> longer = good_;
  longer.push_back(0);
  EXPECT_NE(refusal(longer), "");
}

TEST_F(SpecRecord, OfAnotherSpecIsRefused) {
  EXPECT_THAT(refusal(encode_record_file(record_key({"other"}, "options"), some_description())),
              HasSubstr("another spec"));
}

}  // namespace
}  // namespace rigjit
