// The cache refuses what others own or may write.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/cache.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::HasSubstr;

class CacheTrust : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(cache_.store_code(some_key(), image_that_returns(1))); }
  std::string refusal() const {
    const auto found = cache_.find_code(some_key());
    return found ? "" : found.error();
  }

  ScratchDir dir_;
  DirectoryCache cache_{dir_.path("cache")};
  std::string file_ = dir_.path("cache/" + some_key().file_name());
};

mode_t mode_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

// As another user than root where that can be, whom a mode without rights stops.
TEST_F(CacheTrust, MakesWhatTheUmaskAllowsButForItsOwnerAloneToWrite) {
  struct {
    mode_t umask, directory, file;
  } const expected[] = {{0, 0755, 0644},    {0002, 0755, 0644}, {0022, 0755, 0644},
                        {0027, 0750, 0640}, {0077, 0700, 0600}, {0777, 0700, 0600}};
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
  const std::string home = dir_.path("home");
  ASSERT_EQ(::mkdir(home.c_str(), 0755), 0);
  ASSERT_TRUE(::geteuid() != 0 || ::chown(home.c_str(), 65534, 65534) == 0);
  for (const auto& [mask, directory, file] : expected) {
    const std::string parent = home + "/" + std::to_string(mask);
    const std::string path = parent + "/cache";
    EXPECT_TRUE(true_in_child([&, mask = mask] {
      drop_root();
      ::umask(mask);
      const DirectoryCache cache(path);
      return cache.store_code(some_key(), image_that_returns(1)) &&
             cache.store_record(some_record_key(), some_description()) &&
             cache.find_code(some_key()) && cache.find_record(some_record_key());
    })) << mask;
    for (const std::string& each : {parent, path, path + "/specs"}) {
      EXPECT_EQ(mode_of(each), directory) << each;
    }
    EXPECT_EQ(files_below(path).size(), 2u);
    for (const std::string& each : files_below(path)) EXPECT_EQ(mode_of(each), file) << each;
  }
}

TEST_F(CacheTrust, RefusesADirectoryThatOthersMayWrite) {
  for (const mode_t mode : {0770u, 0707u, 01777u}) {
    ASSERT_EQ(::chmod(dir_.path("cache").c_str(), mode), 0);
    EXPECT_THAT(refusal(), HasSubstr("may write"));
    const auto stored = cache_.store_code(some_key(), image_that_returns(1));
    ASSERT_FALSE(stored);
    EXPECT_THAT(stored.error(), HasSubstr("may write"));
  }
  ASSERT_EQ(::chmod(dir_.path("cache").c_str(), 0755), 0);
  EXPECT_EQ(refusal(), "");
}

TEST_F(CacheTrust, RefusesAFileThatOthersMayWriteAndLeavesIt) {
  ASSERT_EQ(::chmod(file_.c_str(), 0620), 0);
  EXPECT_THAT(refusal(), HasSubstr("may write"));
  EXPECT_TRUE(std::filesystem::exists(file_));
  ASSERT_TRUE(cache_.store_code(some_key(), image_that_returns(1)));
  EXPECT_EQ(refusal(), "");
}

TEST_F(CacheTrust, RefusesLinksAndPipes) {
  std::filesystem::rename(file_, file_ + ".moved");
  std::filesystem::create_symlink(file_ + ".moved", file_);
  EXPECT_THAT(refusal(), HasSubstr("it is a symbolic link"));
  std::filesystem::remove(file_);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("regular"));
}

TEST_F(CacheTrust, RefusesWhatAnotherUserOwns) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_EQ(::chown(file_.c_str(), 1234, 0), 0);
  EXPECT_THAT(refusal(), HasSubstr("user 1234"));
  ASSERT_EQ(::chown(file_.c_str(), 0, 0), 0);
  EXPECT_EQ(refusal(), "");
  ASSERT_EQ(::chown(dir_.path("cache").c_str(), 1234, 0), 0);
  EXPECT_THAT(refusal(), HasSubstr("user 1234"));
}

TEST_F(CacheTrust, AcceptsWhatRootOwns) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to make it";
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(dir_.path("cache").c_str(), 0755), 0);
  ASSERT_EQ(::chmod(file_.c_str(), 0644), 0);
  EXPECT_TRUE(true_in_child([&] {
    drop_root();
    return refusal().empty();
  }));
}

}  // namespace
}  // namespace rigjit
