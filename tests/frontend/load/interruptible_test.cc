// Loads that their caller ends.
#include "rigjit/interruptible.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "rigjit/load.h"
#include "rigjit/loaded_rigs.h"
#include "spec_files.h"

namespace rigjit {
namespace {

std::string spec(int controllers) {
  std::string text = "rigjit: 1\ncontrollers:\n";
  for (int i = 0; i < controllers; ++i) {
    text += "- {name: c" + std::to_string(i) + ", transformations: [translation: {}]}\n";
  }
  return text;
}

class InterruptibleTest : public testing::Test {
 protected:
  InterruptibleTest() { options_.cache_dir = directory_.path("cache"); }
  ~InterruptibleTest() override { forget_loaded_rigs(); }

  [[nodiscard]] std::string outcome(const std::string& text) const {
    const Result<Rig> rig = loads(text, options_);
    return rig ? "loaded" : rig.errors().front().code;
  }

  SpecDirectory directory_;
  LoadOptions options_;
};

TEST_F(InterruptibleTest, ALoadEndsWhereItsCallerWantsIt) {
  const std::string text = spec(20'000);
  int asked = 0;
  {
    const Interruptible interruptible([&] {
      ++asked;
      return true;
    });
    EXPECT_EQ(outcome(text), "interrupted");
    EXPECT_EQ(outcome(text), "interrupted");
  }
  EXPECT_EQ(asked, 1);
  EXPECT_FALSE(std::filesystem::exists(*options_.cache_dir));
  EXPECT_EQ(outcome(text), "loaded");
}

// After more and more questions: in the YAML, between stages, in LLVM.
TEST_F(InterruptibleTest, AtAnyTime) {
  const std::string text = spec(20'000);
  bool is_loaded = false;
  for (int last = 1; !is_loaded && last < 1000; last += 1 + last / 4) {
    options_.cache_dir = directory_.path("cache" + std::to_string(last));
    int asked = 0;
    const Interruptible interruptible([&] { return ++asked == last; });
    const std::string end = outcome(text);
    is_loaded = end == "loaded";
    EXPECT_EQ(end, is_loaded ? "loaded" : "interrupted");
    EXPECT_EQ(asked == last, !is_loaded);
    forget_loaded_rigs();
  }
  EXPECT_TRUE(is_loaded);
}

TEST_F(InterruptibleTest, WhoNeverWantsItGetsTheSameRig) {
  const std::string text = spec(3'000);
  const Interruptible interruptible([] { return false; });
  options_.cache = false;
  const Result<Rig> rig = loads(text, options_);
  ASSERT_TRUE(rig);
  EXPECT_EQ(rig->vec_size(), 9'000u);
  EXPECT_TRUE(
      rig->vec_to_rig(rig->rest_vec().data(), std::vector<uint8_t>(rig->msgpack_size()).data()));
}

// What compiles for nobody holds a fork up, and its child may load.
TEST_F(InterruptibleTest, AForkBesideWhatIsLeftOfOneIsHarmless) {
  const std::string text = spec(20'000);
  options_.cache = false;
  for (int last = 10; last < 40; last += 10) {
    {
      int asked = 0;
      const Interruptible interruptible([&] { return ++asked == last; });
      (void)outcome(text);
    }
    const pid_t child = ::fork();
    if (child == 0) ::_exit(outcome(spec(10)) == "loaded" ? 0 : 1);
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace rigjit
