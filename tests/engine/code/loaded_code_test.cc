#include "code/loaded_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include <algorithm>
#include <fstream>

#include "cache/cache.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

struct Mappings {
  std::ptrdiff_t executable = 0;
  std::ptrdiff_t writable_and_executable = 0;
};

Mappings mappings() {
  std::ifstream maps("/proc/self/maps");
  Mappings result;
  for (std::string line; std::getline(maps, line);) {
    result.executable += line.find(" r-xp ") != std::string::npos;
    result.writable_and_executable += line.find(" rwx") != std::string::npos;
  }
  return result;
}

TEST(LoadedCode, RunsFromACopyAndUnmapsIt) {
  const Mappings before = mappings();
  {
    Result<LoadedCode> code = LoadedCode::copy(image_that_returns(7));
    ASSERT_TRUE(code);
    const LoadedCode moved = std::move(code).value();
    EXPECT_EQ(moved(nullptr, nullptr), 7u);
    EXPECT_EQ(mappings().executable, before.executable + 1);
    EXPECT_EQ(mappings().writable_and_executable, before.writable_and_executable);
  }
  EXPECT_EQ(mappings().executable, before.executable);
}

TEST(LoadedCode, RunsFromAFileAndUnmapsIt) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path());
  ASSERT_TRUE(cache.store_code(some_key(), image_that_returns(7)));
  const Mappings before = mappings();
  {
    const auto code = cache.find_code(some_key());
    ASSERT_TRUE(code);
    EXPECT_EQ((*code)(nullptr, nullptr), 7u);
    EXPECT_EQ(mappings().executable, before.executable + 1);
  }
  EXPECT_EQ(mappings().executable, before.executable);
}

TEST(LoadedCode, WithoutRoomForItsPartsDoesNotFit) {
  EXPECT_TRUE(offsets_fit({64, 64, 64, 0, 0}, 128));
  EXPECT_TRUE(offsets_fit({127, 64, 64, 60, 4}, 128));
  EXPECT_TRUE(offsets_fit({0, 0, 64, 64, 0}, 64));
  EXPECT_FALSE(offsets_fit({0, 0, 0, 0, 0}, 64)) << "no code";
  EXPECT_FALSE(offsets_fit({63, 64, 64, 0, 0}, 128)) << "the entry is before the code";
  EXPECT_FALSE(offsets_fit({128, 64, 64, 0, 0}, 128)) << "the entry is behind the code";
  EXPECT_FALSE(offsets_fit({64, 64, 65, 0, 0}, 128)) << "the code is too long";
  EXPECT_FALSE(offsets_fit({64, 64, 64, 128, 4}, 128)) << "the state map is behind the image";
  EXPECT_FALSE(offsets_fit({64, 64, 64, 62, 4}, 128)) << "the state map is not aligned";
  EXPECT_FALSE(offsets_fit({64, 64, 64, 60, 3}, 128)) << "the state map is no whole words";
}

// The kernel's own form of systemd's MemoryDenyWriteExecute.
bool deny_write_execute() { return ::prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0; }

TEST(LoadedCode, UnderMemoryDenyWriteExecuteSaysWhatIsMissing) {
  if (!true_in_child(deny_write_execute)) GTEST_SKIP() << "Linux before 6.3";
  EXPECT_TRUE(true_in_child([] {
    if (!deny_write_execute()) return false;
    const Result<LoadedCode> code = LoadedCode::copy(image_that_returns(7));
    return !code && code.errors().front().code == "no-executable-memory" &&
           code.errors().front().message.find("MemoryDenyWriteExecute") != std::string::npos;
  }));
}

TEST(LoadedCode, UnderMemoryDenyWriteExecuteRunsFromTheCache) {
  if (!true_in_child(deny_write_execute)) GTEST_SKIP() << "Linux before 6.3";
  const ScratchDir dir;
  EXPECT_TRUE(true_in_child([&] {
    if (!deny_write_execute()) return false;
    const DirectoryCache cache(dir.path());
    if (!cache.store_code(some_key(), image_that_returns(7))) return false;
    const auto code = cache.find_code(some_key());
    return code && (*code)(nullptr, nullptr) == 7;
  }));
}

// Mounts a file system that nothing may be executed from, seen by this process alone.
bool mount_noexec(const std::string& path) {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", path.c_str(), "tmpfs", MS_NOEXEC, "mode=0700") == 0;
}

TEST(LoadedCode, FromANoexecMountRunsAsACopy) {
  const ScratchDir dir;
  const auto mounted = [&] { return mount_noexec(dir.path()); };
  if (!true_in_child(mounted)) GTEST_SKIP() << "mounting needs root";
  EXPECT_TRUE(true_in_child([&] {
    const DirectoryCache cache(dir.path());
    if (!mounted() || !cache.store_code(some_key(), image_that_returns(7))) return false;
    const auto code = cache.find_code(some_key());
    return code && (*code)(nullptr, nullptr) == 7;
  }));
  // Damage is found on this way too.
  EXPECT_TRUE(true_in_child([&] {
    const DirectoryCache cache(dir.path());
    if (!mounted() || !cache.store_code(some_key(), image_that_returns(7))) return false;
    const std::string path = dir.path(some_key().file_name());
    std::vector<uint8_t> bytes = bytes_of(path);
    bytes.back() ^= 1;
    write_bytes(path, bytes);
    return !cache.find_code(some_key()) && files_below(dir.path()).empty();
  }));
}

TEST(LoadedCode, FromANoexecMountUnderMemoryDenyWriteExecuteIsAMissWithItsReason) {
  const ScratchDir dir;
  if (!true_in_child([&] { return mount_noexec(dir.path()) && deny_write_execute(); })) {
    GTEST_SKIP() << "needs root and Linux 6.3";
  }
  EXPECT_TRUE(true_in_child([&] {
    if (!mount_noexec(dir.path()) || !deny_write_execute()) return false;
    const DirectoryCache cache(dir.path());
    if (!cache.store_code(some_key(), image_that_returns(7))) return false;
    const auto code = cache.find_code(some_key());
    return !code && code.error().find("noexec") != std::string::npos &&
           files_below(dir.path()).size() == 1;
  }));
}

}  // namespace
}  // namespace rigjit
