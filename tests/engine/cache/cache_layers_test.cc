// Directories of a cache that are searched one after the other.
#include "cache/cache_layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class CacheLayers : public testing::Test {
 protected:
  // What the found code returns; 0 if none is found.
  [[nodiscard]] uint32_t found() const {
    const auto code = cache_->find_code(some_key());
    return code ? (*code)(nullptr, nullptr) : 0;
  }
  static void fill(const std::string& path, uint8_t result) {
    const DirectoryCache cache(path);
    ASSERT_TRUE(cache.store_code(some_key(), image_that_returns(result)));
    ASSERT_TRUE(cache.store_record(some_record_key(), some_description()));
  }

  ScratchDir dir_;
  std::string farm_ = dir_.path("farm");
  std::string show_ = dir_.path("show");
  std::string own_ = dir_.path("own");
  std::string code_in_farm_ = farm_ + "/" + some_key().file_name();
  std::shared_ptr<const Cache> cache_ = open_cache(farm_ + ":" + show_ + ":" + own_);
};

TEST_F(CacheLayers, AreSearchedInTheirOrder) {
  EXPECT_EQ(found(), 0u);
  fill(own_, 3);
  EXPECT_EQ(found(), 3u);
  fill(show_, 2);
  EXPECT_EQ(found(), 2u);
  fill(farm_, 1);
  EXPECT_EQ(found(), 1u);
  EXPECT_TRUE(cache_->find_record(some_record_key()));
  EXPECT_EQ(cache_->location(), farm_ + ":" + show_ + ":" + own_);
}

TEST_F(CacheLayers, OnlyTheLastIsWrittenTo) {
  fill(farm_, 1);
  ASSERT_TRUE(cache_->store_code(some_key(), image_that_returns(3)));
  ASSERT_TRUE(cache_->store_record(some_record_key(), some_description()));
  EXPECT_THAT(files_below(own_), SizeIs(2));
  EXPECT_FALSE(std::filesystem::exists(show_));
  EXPECT_EQ(found(), 1u);
}

TEST_F(CacheLayers, AMissNamesEveryDirectory) {
  const auto code = cache_->find_code(some_key());
  ASSERT_FALSE(code);
  EXPECT_THAT(code.error(), AllOf(HasSubstr(farm_), HasSubstr(show_), HasSubstr(own_)));
  EXPECT_THAT(cache_->refusals(), IsEmpty());
}

TEST_F(CacheLayers, ARefusedOneIsPassedOverAndSaysWhy) {
  fill(farm_, 1);
  fill(own_, 3);
  ASSERT_EQ(::chmod(farm_.c_str(), 0777), 0);
  EXPECT_EQ(found(), 3u);
  EXPECT_THAT(cache_->refusals(), ElementsAre(AllOf(HasSubstr(farm_), HasSubstr("may write"))));
  const auto first = small_core(cache_);
  ASSERT_TRUE(first);
  const auto second = small_core(cache_);
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->origin(), Origin::kCached);
  EXPECT_THAT((*second)->cache_note(), HasSubstr("may write"));
  ASSERT_EQ(::chmod(farm_.c_str(), 0755), 0);
  const auto third = small_core(cache_);
  ASSERT_TRUE(third);
  EXPECT_EQ((*third)->cache_note(), "");
}

TEST_F(CacheLayers, RefusedSpecsAreToldThoughCodeIsFound) {
  ASSERT_TRUE(small_core(open_cache(farm_)));
  ASSERT_EQ(::mkdir((farm_ + "/specs").c_str(), 0755), 0);
  for (const bool refused : {true, false}) {
    ASSERT_EQ(::chmod((farm_ + "/specs").c_str(), refused ? 0777 : 0755), 0);
    for (const auto& cache : {cache_, open_cache(farm_)}) {
      const auto core = small_core(cache);
      ASSERT_TRUE(core);
      EXPECT_EQ((*core)->origin(), Origin::kCached);
      const std::string& note = (*core)->cache_note();
      EXPECT_EQ(note.find(farm_ + "/specs") != std::string::npos, refused) << note;
      EXPECT_EQ(note.empty(), !refused) << note;
    }
  }
}

TEST_F(CacheLayers, ADamagedEntryIsToldOfAtEveryLoad) {
  ASSERT_TRUE(small_core(open_cache(farm_)));
  const std::string file = files_below(farm_).front();
  std::vector<uint8_t> damaged = bytes_of(file);
  damaged.back() ^= 1;
  write_bytes(file, damaged);
  const std::string told = "cannot use " + file + ": its checksum does not agree";
  for (const Origin origin : {Origin::kCompiled, Origin::kCached, Origin::kCached}) {
    const auto core = small_core(cache_);
    ASSERT_TRUE(core);
    EXPECT_EQ((*core)->origin(), origin);
    const std::string& note = (*core)->cache_note();
    EXPECT_EQ(note.find(told), note.rfind(told)) << note;
    EXPECT_THAT(note, HasSubstr(told));
    EXPECT_EQ(note == told, origin == Origin::kCached) << note;
  }
}

TEST_F(CacheLayers, WhatIsOnlyReadIsNeverChanged) {
  fill(farm_, 1);
  std::vector<uint8_t> damaged = bytes_of(code_in_farm_);
  damaged.back() ^= 1;
  write_bytes(code_in_farm_, damaged);
  const std::string record = farm_ + "/specs/" + some_record_key().file_name();
  set_last_use(record, 100'000);
  EXPECT_EQ(found(), 0u);
  EXPECT_EQ(bytes_of(code_in_farm_), damaged);
  EXPECT_TRUE(cache_->find_record(some_record_key()));
  struct stat status;
  ASSERT_EQ(::stat(record.c_str(), &status), 0);
  EXPECT_LT(status.st_mtim.tv_sec, std::time(nullptr) - 50'000);
  ASSERT_TRUE(cache_->store_code(some_key(), image_that_returns(3)));
  EXPECT_EQ(found(), 3u);
  EXPECT_THAT(files_below(farm_), SizeIs(2));
}

TEST_F(CacheLayers, OthersMayShareThemAsTheyAreMade) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs a second user";
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
  ASSERT_TRUE(true_in_child([&] {
    ::umask(0022);
    fill(farm_, 1);
    return true;
  }));
  ASSERT_EQ(::mkdir(own_.c_str(), 0700), 0);
  ASSERT_EQ(::chown(own_.c_str(), 65534, 65534), 0);
  EXPECT_TRUE(true_in_child([&] {
    drop_root();
    return found() == 1 && cache_->store_record(some_record_key(), some_description()) &&
           cache_->refusals().empty();
  }));
  EXPECT_THAT(files_below(own_), SizeIs(1));
}

}  // namespace
}  // namespace rigjit
