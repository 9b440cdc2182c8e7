#include "runtime/cache_location.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/cache.h"
#include "runtime_fixture.h"

namespace rigjit {
namespace {

using testing::HasSubstr;

// The three variables, each with a value or unset.
struct Environment {
  Environment(const char* rigjit, const char* xdg, const char* home)
      : rigjit_("RIGJIT_CACHE_DIR", rigjit), xdg_("XDG_CACHE_HOME", xdg), home_("HOME", home) {}
  ScopedVariable rigjit_, xdg_, home_;
};

TEST(CacheLocation, IsTheFirstThatIsSet) {
  const Environment environment("/r", "/x", "/h");
  EXPECT_EQ(cache_location("/asked"), "/asked");
  EXPECT_EQ(cache_location(std::nullopt), "/r");
  const ScopedVariable no_rigjit("RIGJIT_CACHE_DIR", nullptr);
  EXPECT_EQ(cache_location(std::nullopt), "/x/rigjit");
  const ScopedVariable no_xdg("XDG_CACHE_HOME", nullptr);
  EXPECT_EQ(cache_location(std::nullopt), "/h/.cache/rigjit");
}

TEST(CacheLocation, TakesEmptyForUnsetAndIgnoresARelativeXdg) {
  const Environment environment("", "relative", "/h");
  EXPECT_EQ(cache_location(""), "/h/.cache/rigjit");
}

TEST(CacheLocation, MakesRelativePathsAbsolute) {
  const Environment environment("here/../there", nullptr, nullptr);
  EXPECT_EQ(cache_location(std::nullopt), (std::filesystem::current_path() / "there").string());
}

TEST(CacheLocation, IsNowhereWithoutHome) {
  const Environment environment(nullptr, nullptr, nullptr);
  const auto location = cache_location(std::nullopt);
  ASSERT_FALSE(location);
  EXPECT_THAT(location.error(), HasSubstr("HOME"));
  const auto cache = open_cache(std::nullopt);
  EXPECT_EQ(cache->location(), "");
  EXPECT_THAT(cache->find_code(some_key()).error(), HasSubstr("HOME"));
  EXPECT_THAT(cache->store_code(some_key(), image_that_returns(1)).error(), HasSubstr("HOME"));
}

}  // namespace
}  // namespace rigjit
