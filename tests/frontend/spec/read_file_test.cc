#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/spec_text.h"
#include "spec_text.h"

namespace rigjit {
namespace {

namespace fs = std::filesystem;

class ReadFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "rigjit_read_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  fs::path directory_;
};

TEST_F(ReadFile, ReturnsTheBytes) {
  const auto path = directory_ / "a.yaml";
  std::string bytes(200'000, 'a');
  bytes[100'000] = '\0';
  std::ofstream(path, std::ios::binary) << bytes;
  const auto text = read_spec(path.string());
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, bytes);
}

TEST_F(ReadFile, SaysWhyAFileIsUnreadable) {
  for (const fs::path& path : {directory_ / "missing.yaml", directory_}) {
    const auto text = read_spec(path.string());
    ASSERT_FALSE(text);
    EXPECT_EQ(text.errors()[0].code, "unreadable-file");
    EXPECT_EQ(text.errors()[0].category, Error::Category::kFile);
    EXPECT_EQ(text.errors()[0].file, path.string());
    EXPECT_FALSE(text.errors()[0].line);
  }
  EXPECT_THAT(read_spec((directory_ / "missing.yaml").string()).errors()[0].message,
              testing::HasSubstr("No such file"));
}

TEST_F(ReadFile, NeedsPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read anything";
  const auto path = directory_ / "secret.yaml";
  std::ofstream(path) << "rigjit: 1\n";
  fs::permissions(path, fs::perms::none);
  EXPECT_EQ(read_spec(path.string()).errors()[0].code, "unreadable-file");
}

TEST_F(ReadFile, RefusesMoreThan32MbUnread) {
  const auto path = directory_ / "large.yaml";
  std::ofstream(path) << "";
  fs::resize_file(path, 32 * 1024 * 1024);  // sparse
  EXPECT_TRUE(read_spec(path.string()));
  fs::resize_file(path, 1ull << 40);
  const Errors errors = check(path.string());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "file-too-large");
}

TEST_F(ReadFile, ReadsAPipeToItsEnd) {
  const auto path = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path) << spec_of({"translation: {}"}); });
  EXPECT_THAT(check(path.string()), testing::IsEmpty());
  writer.join();
}

TEST_F(ReadFile, StopsAnEndlessOne) { EXPECT_EQ(check("/dev/zero")[0].code, "file-too-large"); }

}  // namespace
}  // namespace rigjit
