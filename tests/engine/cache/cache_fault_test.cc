// Whatever keeps the cache from working is a reason, and leaves nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "cache/cache.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Both reasons, in one string; empty if anything worked.
std::string refusals(const Cache& cache) {
  const auto found = cache.find_code(some_key());
  const auto stored = cache.store_code(some_key(), image_that_returns(1));
  const auto record = cache.store_record(some_record_key(), some_description());
  if (found || stored || record || cache.find_record(some_record_key())) return "";
  return found.error() + " / " + stored.error();
}

TEST(CacheFault, ADirectoryThatIsAFileIsAMiss) {
  const ScratchDir dir;
  write_bytes(dir.path("file"), {1, 2, 3});
  EXPECT_THAT(refusals(DirectoryCache(dir.path("file"))), HasSubstr("Not a directory"));
  EXPECT_THAT(refusals(DirectoryCache(dir.path("file/below"))), HasSubstr("Not a directory"));
  EXPECT_EQ(bytes_of(dir.path("file")).size(), 3u);
}

TEST(CacheFault, AMissingDirectoryIsMadeWithItsParentsWhenSomethingIsStored) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path("a/b/c"));
  EXPECT_THAT(cache.find_code(some_key()).error(), HasSubstr("does not exist"));
  EXPECT_FALSE(std::filesystem::exists(dir.path("a")));
  EXPECT_TRUE(cache.store_code(some_key(), image_that_returns(1)));
  EXPECT_TRUE(cache.find_code(some_key()));
}

TEST(CacheFault, AParentThatCannotBeMadeIsNamed) {
  const ScratchDir dir;
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
  const DirectoryCache cache(dir.path("home/.cache/rigjit"));
  ASSERT_EQ(::chmod(dir.path().c_str(), 0555), 0);
  EXPECT_TRUE(true_in_child([&] {
    drop_root();
    const auto stored = cache.store_code(some_key(), image_that_returns(1));
    return !stored && stored.error() == "cannot make the cache directory " + cache.location() +
                                            ": cannot make " + dir.path("home") +
                                            ": Permission denied";
  }));
  ASSERT_EQ(::chmod(dir.path().c_str(), 0700), 0);
}

TEST(CacheFault, ALinkToNothingIsNoMissingDirectory) {
  const ScratchDir dir;
  std::filesystem::create_symlink(dir.path("gone"), dir.path("cache"));
  EXPECT_THAT(refusals(DirectoryCache(dir.path("cache"))),
              HasSubstr("it is a symbolic link to what does not exist"));
  EXPECT_FALSE(std::filesystem::exists(dir.path("gone")));
}

TEST(CacheFault, AReadOnlyDirectoryIsReadAndNotWritten) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path("cache"));
  ASSERT_TRUE(cache.store_code(some_key(), image_that_returns(1)));
  const std::string file = dir.path("cache/" + some_key().file_name());
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(file.c_str(), 0444), 0);
  ASSERT_EQ(::chmod(dir.path("cache").c_str(), 0555), 0);
  EXPECT_TRUE(true_in_child([&] {
    drop_root();
    const auto stored = cache.store_code(some_key(), image_that_returns(1));
    return cache.find_code(some_key()) && !stored &&
           stored.error().find("Permission denied") != std::string::npos;
  }));
  ASSERT_EQ(::chmod(dir.path("cache").c_str(), 0700), 0);
  EXPECT_EQ(files_below(dir.path()).size(), 1u);
}

TEST(CacheFault, AnUnreadableFileIsAMissAndStays) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path("cache"));
  ASSERT_TRUE(cache.store_code(some_key(), image_that_returns(1)));
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(dir.path("cache").c_str(), 0755), 0);
  ASSERT_EQ(::chmod(files_below(dir.path()).front().c_str(), 0), 0);
  EXPECT_TRUE(true_in_child([&] {
    drop_root();
    const auto found = cache.find_code(some_key());
    return !found && found.error().find("Permission denied") != std::string::npos;
  }));
  EXPECT_EQ(files_below(dir.path()).size(), 1u);
}

// A limit on the size of files stops a write in its middle, as a full disk does.
TEST(CacheFault, AFullDiskLeavesNoFile) {
  const ScratchDir dir;
  EXPECT_TRUE(true_in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4000, 4000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    const DirectoryCache cache(dir.path("cache"));
    const auto stored = cache.store_code(some_key(), image_that_returns(1));
    return !stored && stored.error().find("writing failed") != std::string::npos;
  }));
  EXPECT_THAT(files_below(dir.path()), IsEmpty());
}

TEST(CacheFault, ADirectoryInTheWayOfAFileLeavesNoTemporary) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path("cache"));
  std::filesystem::create_directories(dir.path("cache/" + some_key().file_name()));
  ASSERT_EQ(::chmod(dir.path("cache").c_str(), 0700), 0);
  const auto stored = cache.store_code(some_key(), image_that_returns(1));
  ASSERT_FALSE(stored);
  EXPECT_THAT(stored.error(), HasSubstr("renaming failed"));
  EXPECT_FALSE(cache.find_code(some_key()));
  EXPECT_THAT(files_below(dir.path()), IsEmpty());
}

TEST(CacheFault, NoDescriptorIsLeftOpen) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path("cache"));
  const auto open_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open_descriptors();
  for (int i = 0; i < 3; ++i) {
    std::ignore = cache.find_code(some_key());
    ASSERT_TRUE(cache.store_code(some_key(), image_that_returns(1)));
    ASSERT_TRUE(cache.store_record(some_record_key(), some_description()));
    ASSERT_TRUE(cache.find_record(some_record_key()));
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace rigjit
