#include "cache/cache_location.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include "cache/cache_layers.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::HasSubstr;

// The three variables, each with a value or unset.
struct Environment {
  Environment(const char* rigjit, const char* xdg, const char* home)
      : rigjit_("RIGJIT_CACHE_DIR", rigjit), xdg_("XDG_CACHE_HOME", xdg), home_("HOME", home) {}
  ScopedVariable rigjit_, xdg_, home_;
};

using Paths = std::vector<std::string>;

TEST(CacheLocation, IsTheFirstThatIsSet) {
  const Environment environment("/r", "/x", "/h");
  EXPECT_EQ(cache_directories("/asked"), Paths{"/asked"});
  EXPECT_EQ(cache_directories(std::nullopt), Paths{"/r"});
  const ScopedVariable no_rigjit("RIGJIT_CACHE_DIR", nullptr);
  EXPECT_EQ(cache_directories(std::nullopt), Paths{"/x/rigjit"});
  const ScopedVariable no_xdg("XDG_CACHE_HOME", nullptr);
  EXPECT_EQ(cache_directories(std::nullopt), Paths{"/h/.cache/rigjit"});
}

TEST(CacheLocation, TakesEmptyForUnsetAndIgnoresARelativeXdg) {
  for (const char* nothing : {"", ":", "::"}) {
    const Environment environment(nothing, "relative", "/h");
    EXPECT_EQ(cache_directories(nothing), Paths{"/h/.cache/rigjit"});
  }
}

TEST(CacheLocation, IsAListAsPathIs) {
  const Environment environment("/farm:/show/cache::/own:", "/x", "/h");
  EXPECT_EQ(cache_directories(std::nullopt), (Paths{"/farm", "/show/cache", "/own"}));
  EXPECT_EQ(cache_directories("/a:/b"), (Paths{"/a", "/b"}));
  EXPECT_EQ(join_directories({"/a", "/b"}), "/a:/b");
  // What is written to stays last.
  EXPECT_EQ(cache_directories("/a:/b:/a/"), (Paths{"/b", "/a"}));
  EXPECT_EQ(cache_directories("/a:/b:/c/../a"), (Paths{"/b", "/a"}));
}

TEST(CacheLocation, MakesRelativePathsAbsolute) {
  const Environment environment("here/../there", nullptr, nullptr);
  EXPECT_EQ(cache_directories(std::nullopt),
            Paths{(std::filesystem::current_path() / "there").string()});
}

TEST(CacheLocation, ATildeIsTheHomeDirectory) {
  {
    const Environment environment("~/a:/farm:~", "/x", "/h");
    EXPECT_EQ(cache_directories(std::nullopt), (Paths{"/h/a", "/farm", "/h"}));
    EXPECT_EQ(cache_directories("~/b/../c"), Paths{"/h/c"});
    EXPECT_EQ(cache_directories("./~"), Paths{(std::filesystem::current_path() / "~").string()});
    EXPECT_EQ(cache_directories("/a/~/b~"), Paths{"/a/~/b~"});
    EXPECT_EQ(cache_directories("~root/cache"), Paths{"/root/cache"});
    EXPECT_THAT(cache_directories("/farm:~nobody_here/cache").error(),
                HasSubstr("there is no user 'nobody_here'"));
  }
  const Environment environment(nullptr, nullptr, nullptr);
  const struct passwd* const self = ::getpwuid(::getuid());
  if (self == nullptr) GTEST_SKIP() << "the user has no entry";
  EXPECT_EQ(cache_directories("~/a"), Paths{std::string(self->pw_dir) + "/a"});
}

TEST(CacheLocation, ReadsSizes) {
  EXPECT_EQ(parse_cache_size("500000"), 500000u);
  EXPECT_EQ(parse_cache_size("3K"), 3072u);
  EXPECT_EQ(parse_cache_size("512M"), uint64_t{512} << 20);
  EXPECT_EQ(parse_cache_size("16777215T"), uint64_t{16777215} << 40);
  for (const char* same : {"512m", "512MB", "512mb", "512MiB", "536870912B"}) {
    EXPECT_EQ(parse_cache_size(same), uint64_t{512} << 20) << same;
  }
  EXPECT_EQ(parse_cache_size("0"), kUnlimitedCacheSize);
  for (const char* wrong : {"", "-1", "1.5G", "M", "5MBB", "5iM", "5i", "5ib", "5bi", "5 M",
                            "18446744073709551616", "16777216T"}) {
    EXPECT_FALSE(parse_cache_size(wrong)) << wrong;
  }
}

TEST(CacheLocation, LimitsTheSizeByAVariable) {
  const ScopedVariable size("RIGJIT_CACHE_SIZE", "3K");
  EXPECT_EQ(cache_size_limit().bytes, 3072u);
  for (const char* value : {static_cast<const char*>(nullptr), ""}) {
    const ScopedVariable other("RIGJIT_CACHE_SIZE", value);
    EXPECT_EQ(cache_size_limit().bytes, uint64_t{512} << 20);
    EXPECT_EQ(cache_size_limit().problem, "");
  }
}

TEST(CacheLocation, TellsOfASizeThatIsNone) {
  const ScopedVariable size("RIGJIT_CACHE_SIZE", "much");
  EXPECT_EQ(cache_size_limit().bytes, uint64_t{512} << 20);
  EXPECT_THAT(cache_size_limit().problem, HasSubstr("RIGJIT_CACHE_SIZE is 'much', not"));
}

TEST(CacheLocation, IsNowhereWithoutHome) {
  const Environment environment(nullptr, nullptr, nullptr);
  const auto location = cache_directories(std::nullopt);
  ASSERT_FALSE(location);
  EXPECT_THAT(location.error(), HasSubstr("HOME"));
  const auto cache = open_cache(std::nullopt);
  EXPECT_EQ(cache->location(), "");
  EXPECT_THAT(cache->find_code(some_key()).error(), HasSubstr("HOME"));
  EXPECT_THAT(cache->store_code(some_key(), image_that_returns(1)).error(), HasSubstr("HOME"));
}

}  // namespace
}  // namespace rigjit
