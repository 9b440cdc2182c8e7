// The one rule of outputs: base/output_file.h.
#include "base/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "base/checksum.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class OutputFileTest : public testing::Test {
 protected:
  static Status write(const std::string& path, std::string_view text) {
    Result<OutputFile> file = OutputFile::open(path);
    if (!file) return file.errors();
    EXPECT_TRUE(write_all(file->fd(), as_bytes(text)));
    return file->finish();
  }
  static std::string text_of(const std::string& path) {
    const std::vector<uint8_t> bytes = bytes_of(path);
    return {bytes.begin(), bytes.end()};
  }

  ScratchDir directory_;
  const std::string path_ = directory_.path("out.npy");
  const std::string part_ = path_ + ".rigjit-part";
};

TEST_F(OutputFileTest, AppearsWhenItIsFinished) {
  {
    Result<OutputFile> file = OutputFile::open(path_);
    ASSERT_TRUE(file);
    EXPECT_THAT(files_below(directory_.path()), ElementsAre(part_));
    EXPECT_EQ(file->temporary(), part_);
  }
  EXPECT_THAT(files_below(directory_.path()), IsEmpty());
  ASSERT_TRUE(write(path_, "new"));
  EXPECT_THAT(files_below(directory_.path()), ElementsAre(path_));
  EXPECT_EQ(text_of(path_), "new");
}

TEST_F(OutputFileTest, KeepsTheModeOfWhatItReplaces) {
  ASSERT_TRUE(write(path_, "old"));
  ASSERT_EQ(::chmod(path_.c_str(), 0604), 0);
  ASSERT_TRUE(write(path_, "new"));
  EXPECT_EQ(text_of(path_), "new");
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms(0604));
}

TEST_F(OutputFileTest, FollowsLinksAlsoToNothing) {
  fs::create_directory(directory_.path("folder"));
  fs::create_symlink("folder/target", directory_.path("second"));
  fs::create_symlink(directory_.path("second"), directory_.path("first"));
  for (const char* text : {"made", "replaced"}) {
    ASSERT_TRUE(write(directory_.path("first"), text));
    EXPECT_TRUE(fs::is_symlink(directory_.path("first")));
    EXPECT_TRUE(fs::is_symlink(directory_.path("second")));
    EXPECT_EQ(text_of(directory_.path("folder/target")), text);
  }
  fs::create_symlink("circle", directory_.path("circle"));
  EXPECT_EQ(write(directory_.path("circle"), "").errors()[0].system_error, ELOOP);
}

TEST_F(OutputFileTest, HasOneWriter) {
  Result<OutputFile> first = OutputFile::open(path_);
  ASSERT_TRUE(first);
  const Result<OutputFile> second = OutputFile::open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.errors()[0].code, "file-in-use");
  ASSERT_TRUE(first->finish());
  EXPECT_TRUE(write(path_, "next"));
}

TEST_F(OutputFileTest, IsNotReplacedUnderSomebodyWhoWritesInPlace) {
  Result<UniqueFd> in_place = open_for_one_writer(path_);
  ASSERT_TRUE(in_place);
  EXPECT_EQ(write(path_, "").errors()[0].code, "file-in-use");
  EXPECT_FALSE(open_for_one_writer(path_));
  unlock_file(in_place->get());
  EXPECT_TRUE(write(path_, "new"));
}

TEST_F(OutputFileTest, DoesNotReplaceWhatAnotherHasBegunMeanwhile) {
  Result<OutputFile> whole = OutputFile::open(path_);
  ASSERT_TRUE(whole);
  const Result<UniqueFd> in_place = open_for_one_writer(path_);
  ASSERT_TRUE(in_place);
  EXPECT_EQ(whole->finish().errors()[0].code, "file-in-use");
}

TEST_F(OutputFileTest, ALinkIsTheFileThatItLeadsTo) {
  fs::create_symlink("out.npy", directory_.path("link"));
  const Result<UniqueFd> in_place = open_for_one_writer(directory_.path("link"));
  ASSERT_TRUE(in_place);
  EXPECT_EQ(write(path_, "").errors()[0].code, "file-in-use");
  EXPECT_EQ(write(directory_.path("link"), "").errors()[0].code, "file-in-use");
}

TEST_F(OutputFileTest, WhatAKilledWriterLeftIsRemoved) {
  write_bytes(part_, {1, 2, 3});
  ASSERT_TRUE(write(path_, "new"));
  EXPECT_THAT(files_below(directory_.path()), ElementsAre(path_));
  ASSERT_EQ(::symlink("elsewhere", part_.c_str()), 0);  // nobody's trap either
  ASSERT_TRUE(write(path_, "newer"));
  EXPECT_EQ(text_of(path_), "newer");
  EXPECT_FALSE(fs::exists(directory_.path("elsewhere")));
}

TEST_F(OutputFileTest, AForkedChildDoesNotKeepTheLock) {
  Result<OutputFile> file = OutputFile::open(path_);
  ASSERT_TRUE(file);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    ::close(ends[1]);
    ::_exit(static_cast<int>(::read(ends[0], &byte, 1)));
  }
  ASSERT_TRUE(file->finish());
  EXPECT_TRUE(write(path_, "next"));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(OutputFileTest, ManyProcessesNeverMixTheirBytes) {
  const int finished = true_in_children(8, [&](int number) {
    const std::string text(100'000, static_cast<char>('a' + number));
    for (int i = 0; i < 20; ++i) {
      const Status done = write(path_, text);
      if (!done && done.errors()[0].code != "file-in-use") return false;
    }
    return true;
  });
  EXPECT_EQ(finished, 8);
  const std::string text = text_of(path_);
  EXPECT_EQ(text, std::string(100'000, text[0]));
  EXPECT_THAT(files_below(directory_.path()), ElementsAre(path_));
}

TEST_F(OutputFileTest, TakesTheLongestNames) {
  for (const int size : {244, 255}) {
    const std::string path = directory_.path(std::string(size, 'n'));
    EXPECT_TRUE(write(path, "text"));
    EXPECT_EQ(text_of(path), "text");
  }
}

TEST_F(OutputFileTest, WritesToDevices) {
  EXPECT_TRUE(write("/dev/null", "text"));
  EXPECT_EQ(OutputFile::open(directory_.path()).errors()[0].system_error, EISDIR);
  EXPECT_EQ(OutputFile::open("").errors()[0].system_error, ENOENT);
}

}  // namespace
}  // namespace rigjit
