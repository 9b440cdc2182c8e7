// What goes when a cache directory is full.
#include "cache/cache_eviction.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <utility>

#include "base/posix_file.h"
#include "cache/cache.h"
#include "cache/cache_tally.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr uint64_t kFileSize = 4096 + 192;

CodeKey key_number(uint64_t number) {
  CodeKey key = some_key();
  key.rig_hash.low = number;
  return key;
}

class CacheEviction : public testing::Test {
 protected:
  void store(const DirectoryCache& cache, uint64_t number) const {
    ASSERT_TRUE(cache.store_code(key_number(number), image_that_returns(1)));
  }
  [[nodiscard]] std::string file(uint64_t number) const {
    return path_ + "/" + key_number(number).file_name();
  }
  [[nodiscard]] bool has(uint64_t number) const { return std::filesystem::exists(file(number)); }
  [[nodiscard]] int64_t last_read(uint64_t number) const {
    struct stat status{};
    ::stat(file(number).c_str(), &status);
    return std::time(nullptr) - status.st_atim.tv_sec;
  }

  // The next store looks through the directory.
  void forget_tally() const { std::filesystem::remove(path_ + "/.tally"); }
  [[nodiscard]] Tally tally() const {
    const UniqueFd directory = std::move(open_directory(path_.c_str()).value());
    return read_tally(directory.get()).value_or(Tally{});
  }
  void set_tally(const Tally& tally) const {
    const UniqueFd directory = std::move(open_directory(path_.c_str()).value());
    write_tally(directory.get(), tally);
  }
  // What a store that looks through the directory removes.
  [[nodiscard]] std::string bait() const {
    std::string path = path_ + "/" + temporary_name(7);
    write_bytes(path, {1});
    set_last_use(path, 3700);
    return path;
  }

  ScratchDir dir_;
  std::string path_ = dir_.path("cache");
};

TEST_F(CacheEviction, RemovesWhatWasUsedLongestAgo) {
  const DirectoryCache cache(path_, 3 * kFileSize);
  for (const uint64_t number : {1, 2, 3}) {
    store(cache, number);
    set_last_use(file(number), 10'000 - int64_t(number));
  }
  ASSERT_TRUE(cache.find_code(key_number(1)));
  store(cache, 4);
  EXPECT_TRUE(has(1) && has(3) && has(4));
  EXPECT_FALSE(has(2));
}

TEST_F(CacheEviction, KeepsWhatWasJustStoredHoweverLarge) {
  const DirectoryCache cache(path_, 100);
  store(cache, 1);
  EXPECT_TRUE(cache.find_code(key_number(1)));
  store(cache, 2);
  EXPECT_TRUE(has(2));
  EXPECT_FALSE(has(1));
}

TEST_F(CacheEviction, CountsSpecsToo) {
  const DirectoryCache cache(path_, kFileSize + 1000);
  ASSERT_TRUE(cache.store_record(some_record_key(), some_description()));
  store(cache, 1);
  EXPECT_THAT(files_below(path_), SizeIs(2));
  set_last_use(path_ + "/specs/" + some_record_key().file_name(), 100);
  store(cache, 2);
  store(cache, 1);
  EXPECT_FALSE(cache.find_record(some_record_key()));
  EXPECT_THAT(files_below(path_), SizeIs(1));
}

TEST_F(CacheEviction, LeavesWhatIsNotOfTheCache) {
  const DirectoryCache cache(path_);
  store(cache, 1);
  std::filesystem::create_directory(path_ + "/specs");
  const std::vector<std::string> others = {path_ + "/.tmp-notes", path_ + "/notes.code",
                                           path_ + "/specs/hero.spec"};
  for (const std::string& other : others) {
    write_bytes(other, std::vector<uint8_t>(5000));
    set_last_use(other, 100'000);
  }
  std::filesystem::create_directory(path_ + "/" + key_number(2).file_name());
  const Eviction eviction = evict(path_, 0);
  EXPECT_THAT(eviction.evicted, SizeIs(1));
  EXPECT_EQ(eviction.evicted_bytes, kFileSize);
  EXPECT_EQ(eviction.kept_bytes, 0u);
  store(DirectoryCache(path_, 1), 1);
  for (const std::string& other : others) EXPECT_TRUE(std::filesystem::exists(other)) << other;
  EXPECT_TRUE(has(2));
}

TEST_F(CacheEviction, RemovesWhatACrashLeftBehindAfterAnHour) {
  const DirectoryCache cache(path_);
  store(cache, 1);
  const std::string old_one = path_ + "/" + temporary_name(1);
  const std::string new_one = path_ + "/" + temporary_name(2);
  write_bytes(old_one, {1});
  write_bytes(new_one, {1});
  set_last_use(old_one, 3700);
  forget_tally();
  store(cache, 2);
  EXPECT_FALSE(std::filesystem::exists(old_one));
  EXPECT_TRUE(std::filesystem::exists(new_one));
}

TEST_F(CacheEviction, AStoreLooksOnceAnHour) {
  const DirectoryCache cache(path_);
  store(cache, 1);
  const std::string left = bait();
  store(cache, 2);
  EXPECT_TRUE(std::filesystem::exists(left));
  EXPECT_EQ(tally().bytes, 2 * kFileSize);
  set_tally({5, std::time(nullptr) - 3700});
  store(cache, 3);
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_EQ(tally().bytes, 3 * kFileSize);
  EXPECT_LT(std::time(nullptr) - tally().swept, 100);
  // Of a clock that was wrong.
  const std::string another = bait();
  set_tally({5, std::time(nullptr) + 100'000});
  store(cache, 4);
  EXPECT_FALSE(std::filesystem::exists(another));
}

TEST_F(CacheEviction, AStoreLooksWhenTheTallySaysThatThereIsTooMuch) {
  const DirectoryCache cache(path_, 10 * kFileSize);
  store(cache, 1);
  const std::string left = bait();
  set_tally({9 * kFileSize, std::time(nullptr)});
  store(cache, 2);
  EXPECT_TRUE(std::filesystem::exists(left));
  store(cache, 3);
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_EQ(tally().bytes, 3 * kFileSize);
}

TEST_F(CacheEviction, ADamagedTallyIsNone) {
  const DirectoryCache cache(path_);
  store(cache, 1);
  std::vector<uint8_t> bytes = bytes_of(path_ + "/.tally");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<uint8_t> damaged = bytes;
    damaged[i] ^= 1;
    write_bytes(path_ + "/.tally", damaged);
    EXPECT_EQ(tally().swept, 0) << i;
  }
  bytes.pop_back();
  write_bytes(path_ + "/.tally", bytes);
  const std::string left = bait();
  store(cache, 2);
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_EQ(tally().bytes, 2 * kFileSize);
}

// Renaming over it would have some file systems write it to the disk, and the store wait.
TEST_F(CacheEviction, TheTallyIsWrittenOverInPlace) {
  const DirectoryCache cache(path_);
  store(cache, 1);
  const std::string name = path_ + "/.tally";
  struct stat first{};
  ASSERT_EQ(::stat(name.c_str(), &first), 0);
  store(cache, 2);
  struct stat second{};
  ASSERT_EQ(::stat(name.c_str(), &second), 0);
  EXPECT_EQ(first.st_ino, second.st_ino);
  EXPECT_EQ(tally().bytes, 2 * kFileSize);
}

TEST_F(CacheEviction, ATallyThatHasAnotherNameIsLeftAlone) {
  const DirectoryCache cache(path_);
  store(cache, 1);
  const std::string other = dir_.path("other");
  std::filesystem::create_hard_link(path_ + "/.tally", other);
  const std::vector<uint8_t> before = bytes_of(other);
  store(cache, 2);
  EXPECT_EQ(bytes_of(other), before);
  EXPECT_EQ(tally().bytes, 2 * kFileSize);
}

// One of many files makes way at a time; room for many is made at once.
TEST_F(CacheEviction, MakesRoomWhereThereAreManyFiles) {
  constexpr uint64_t kFiles = 400;
  const DirectoryCache cache(path_, kFiles * kFileSize);
  for (uint64_t i = 0; i < kFiles; ++i) {
    store(cache, i);
    set_last_use(file(i), int64_t(10'000 - i));
  }
  EXPECT_TRUE(has(0));
  store(cache, kFiles);
  EXPECT_EQ(tally().bytes, (kFiles - kFiles / 8) * kFileSize);
  EXPECT_FALSE(has(kFiles / 8));
  EXPECT_TRUE(has(kFiles / 8 + 1) && has(kFiles));
}

TEST_F(CacheEviction, TheTallyIsInNoListingAndIsCleared) {
  store(DirectoryCache(path_), 1);
  EXPECT_THAT(list_cache(path_).back().entries, SizeIs(1));
  EXPECT_THAT(clear_cache(path_).removed.entries, SizeIs(1));
  EXPECT_TRUE(std::filesystem::is_empty(path_));
}

TEST_F(CacheEviction, ATimeYetToComeIsNoUse) {
  const DirectoryCache cache(path_, 3 * kFileSize);
  for (const uint64_t number : {1, 2, 3}) store(cache, number);
  set_last_use(file(1), 5000);
  set_last_use(file(2), -100'000'000);
  set_last_use(file(3), 6000);
  store(cache, 4);
  EXPECT_FALSE(has(2));
  EXPECT_TRUE(has(1) && has(3));
  // A load sets it right.
  set_last_use(file(3), -100'000'000);
  ASSERT_TRUE(cache.find_code(key_number(3)));
  EXPECT_LT(std::abs(last_read(3)), 100);  // the clock of files may be a tick ahead
  store(cache, 5);
  EXPECT_TRUE(has(3));
  EXPECT_FALSE(has(1));
  set_last_use(file(3), -100'000'000);
  const auto listing = list_cache(path_);
  for (const CacheEntry& entry : listing.back().entries) {
    EXPECT_GE(entry.age_s, 0) << entry.path;
    EXPECT_GE(entry.unused_s, 0) << entry.path;
  }
}

TEST_F(CacheEviction, WhatACrashLeftBehindGoesThoughItsTimeIsYetToCome) {
  store(DirectoryCache(path_), 1);
  const std::string left = bait();
  set_last_use(left, -100'000'000);
  forget_tally();
  store(DirectoryCache(path_), 2);
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(CacheEviction, AUseIsNotedAtMostOnceAnHour) {
  const DirectoryCache cache(path_);
  store(cache, 1);
  set_last_use(file(1), 7200);
  ASSERT_TRUE(cache.find_code(key_number(1)));
  EXPECT_LT(last_read(1), 100);
  set_last_use(file(1), 1800);
  const int fd = ::open(file(1).c_str(), O_RDONLY);
  struct stat status{};
  ASSERT_EQ(::fstat(fd, &status), 0);
  touch(fd, status);
  ::close(fd);
  EXPECT_GE(last_read(1), 1800);
}

TEST_F(CacheEviction, ADirectoryThatIsNotThereOrNotTrustedIsLeftAlone) {
  EXPECT_EQ(evict(dir_.path("nowhere"), 0).unusable, "");
  store(DirectoryCache(path_), 1);
  ASSERT_EQ(::chmod(path_.c_str(), 0777), 0);
  EXPECT_NE(evict(path_, 0).unusable, "");
  EXPECT_TRUE(has(1));
}

// Every process makes room for itself in a directory that holds two files only.
TEST_F(CacheEviction, RacesAreMissesAndNeverErrors) {
  constexpr int kProcesses = 4;
  const DirectoryCache cache(path_, 2 * kFileSize);
  EXPECT_EQ(kProcesses, true_in_children(kProcesses, [&](int process) {
              for (uint64_t i = 0; i < 200; ++i) {
                const CodeKey key = key_number(i * 7 % 16 + uint64_t(process) * 5);
                if (!cache.store_code(key, image_that_returns(1))) return false;
                const auto found = cache.find_code(key);
                if (found && (*found)(nullptr, nullptr) != 1) return false;
                if (!found && found.error().find("there is none") == std::string::npos) {
                  return false;
                }
              }
              return true;
            }));
  // What was lost of a tally shows when somebody looks next.
  forget_tally();
  store(cache, 99);
  EXPECT_LE(files_below(path_).size(), 2u);
}

}  // namespace
}  // namespace rigjit
