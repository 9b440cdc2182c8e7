#include "rigjit/prebuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "code/target.h"
#include "rigjit/cache.h"
#include "rigjit/loaded_rigs.h"
#include "spec_files.h"

namespace rigjit {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class Prebuild : public testing::Test {
 protected:
  void SetUp() override {
    forget_loaded_rigs();
    options_.cache_dir = dir_.path("cache");
    spec_ = dir_.write("hero.yaml", controllers_of({{"root", "translation: {scale: 2}"},
                                                    {"arm", "rotation3d: {}"}}));
  }
  void TearDown() override { forget_loaded_rigs(); }

  [[nodiscard]] std::multiset<std::string> kept() const {
    std::multiset<std::string> found;
    const auto listing = list_cache(options_.cache_dir);
    for (const CacheEntry& entry : listing.front().entries) {
      if (entry.kind == CacheEntry::Kind::kCode) found.insert(entry.program + " " + entry.target);
    }
    return found;
  }
  static std::string code_of(const Errors& errors) {
    return errors.empty() ? "" : errors.front().code;
  }

  SpecDirectory dir_;
  LoadOptions options_;
  std::string spec_;
};

TEST_F(Prebuild, KeepsWhatTheNextLoadFinds) {
  const Result<Prebuilt> made = prebuild(spec_, options_);
  ASSERT_TRUE(made) << to_string(made.errors());
  EXPECT_EQ(made->origin, Origin::kCompiled);
  EXPECT_EQ(made->target, host_target().name);
  EXPECT_THAT(kept(), UnorderedElementsAre("message " + made->target, "values " + made->target,
                                           "vector " + made->target));
  const Result<Rig> rig = load(spec_, options_);
  ASSERT_TRUE(rig);
  EXPECT_EQ(rig->origin(), Origin::kCached);
  EXPECT_EQ(rig->hash(), made->rig_hash);
  const Result<Prebuilt> again = prebuild(spec_, options_);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->origin, Origin::kCached);
}

TEST_F(Prebuild, MakesCodeThatThisMachineNeedNotRun) {
  for (const Target& target : all_targets()) {
    SCOPED_TRACE(target.name);
    options_.target = target.name;
    const Result<Prebuilt> made = prebuild(spec_, options_, {});
    ASSERT_TRUE(made) << to_string(made.errors());
    EXPECT_EQ(kept().count(std::string("message ") + target.name), 1);
    const Result<Rig> rig = load(spec_, options_);
    ASSERT_EQ(rig.ok(), host_runs(target));
    EXPECT_EQ(rig ? "" : code_of(rig.errors()), host_runs(target) ? "" : "target-not-runnable");
  }
}

// What the process has in memory does not make up for what the directory has lost.
TEST_F(Prebuild, LooksAtTheDirectoryOnly) {
  const Result<Rig> kept_alive = load(spec_, options_);
  ASSERT_TRUE(kept_alive);
  clear_cache(options_.cache_dir);
  ASSERT_TRUE(prebuild(spec_, options_, program_names()));
  EXPECT_EQ(kept().size(), program_names().size());
}

TEST_F(Prebuild, SaysWhatIsWrong) {
  EXPECT_EQ(code_of(prebuild(spec_, options_, {"dict"}).errors()), "unknown-program");
  EXPECT_EQ(code_of(prebuild(dir_.path("nobody.yaml"), options_).errors()), "unreadable-file");
  EXPECT_FALSE(prebuild(SpecSource::text("rigjit: 2\n"), options_));
  options_.cache_dir = "/dev/null/cache";
  const Errors refused = prebuild(spec_, options_).errors();
  EXPECT_EQ(code_of(refused), "not-kept");
  EXPECT_EQ(refused.front().file, spec_);
  EXPECT_THAT(refused.front().message, HasSubstr("/dev/null/cache"));
  options_.target = "x86-64-v9";
  EXPECT_EQ(code_of(prebuild(spec_, options_).errors()), "unknown-target");
}

}  // namespace
}  // namespace rigjit
