#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cache/cache.h"
#include "code/build_id.h"
#include "codegen/link/compile.h"
#include "engine/rig_fixture.h"
#include "rigjit/cache.h"

namespace rigjit {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

CodeKey current_key() {
  CodeKey key = some_key();
  key.engine_build = engine_build();
  key.llvm_version = llvm_version();
  return key;
}

class CacheAdmin : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(cache_.store_code(current_key(), image_that_returns(1)));
    ASSERT_TRUE(cache_.store_record(some_record_key(), some_description()));
  }

  ScratchDir dir_;
  std::string path_ = dir_.path("cache");
  DirectoryCache cache_{path_};
};

TEST_F(CacheAdmin, ListsWhatIsThere) {
  const CacheListing listing = list_cache(path_).front();
  EXPECT_EQ(listing.directory, path_);
  EXPECT_EQ(listing.unusable, "");
  ASSERT_THAT(listing.entries, SizeIs(2));
  const CacheEntry& code = listing.entries[0];
  EXPECT_STREQ(to_string(code.kind), "code");
  EXPECT_EQ(code.rig_hash, some_key().rig_hash.to_hex());
  EXPECT_EQ(code.program, "message");
  EXPECT_EQ(code.target, "x86-64-v3");
  EXPECT_EQ(code.llvm_version, llvm_version());
  EXPECT_EQ(code.size_bytes, 4096u + 192u);
  EXPECT_EQ(code.problem, "");
  EXPECT_GE(code.age_s, 0);
  EXPECT_LT(code.age_s, 100);
  const CacheEntry& spec = listing.entries[1];
  EXPECT_EQ(spec.kind, CacheEntry::Kind::kSpec);
  EXPECT_EQ(spec.rig_name, "small");
  EXPECT_EQ(spec.rig_hash, rig_hash(small_plan()).to_hex());
}

TEST_F(CacheAdmin, TellsWhyNothingCanBeKept) {
  EXPECT_EQ(list_cache(path_).front().unwritable, "");
  EXPECT_EQ(list_cache(dir_.path("not/made/yet")).front().unwritable, "");
  EXPECT_THAT(list_cache("/dev/null/cache").front().unwritable, HasSubstr("Not a directory"));
  EXPECT_THAT(list_cache("/sys/cache").front().unwritable, HasSubstr("cannot write to /sys"));
}

TEST_F(CacheAdmin, VerifyFindsDamageThatListingDoesNotLookFor) {
  const std::string file = path_ + "/" + current_key().file_name();
  std::vector<uint8_t> bytes = bytes_of(file);
  bytes.back() ^= 1;
  write_bytes(file, bytes);
  EXPECT_EQ(list_cache(path_).front().entries[0].problem, "");
  EXPECT_THAT(verify_cache(path_).front().entries[0].problem, HasSubstr("checksum"));
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(CacheAdmin, TellsOfCodeOfOtherBuilds) {
  CodeKey key = current_key();
  key.llvm_version = "3.0";
  ASSERT_TRUE(cache_.store_code(key, image_that_returns(1)));
  std::vector<std::string> problems;
  const CacheListing listing = list_cache(path_).front();
  for (const CacheEntry& entry : listing.entries) problems.push_back(entry.problem);
  EXPECT_THAT(problems, testing::Contains(HasSubstr("LLVM 3.0 instead of")));
}

TEST_F(CacheAdmin, ClearRemovesItsOwnFilesOnly) {
  const std::vector<std::string> others = {path_ + "/.tmp-notes", path_ + "/notes.code",
                                           path_ + "/specs/hero.spec"};
  for (const std::string& other : others) write_bytes(other, {1});
  write_bytes(path_ + "/" + temporary_name(1), {1});
  const CacheRemoval removal = clear_cache(path_);
  EXPECT_THAT(removal.removed.entries, SizeIs(3));
  EXPECT_THAT(removal.failures, IsEmpty());
  EXPECT_GT(removal.removed_bytes, 4096u);
  EXPECT_THAT(files_below(path_), testing::ElementsAreArray(others));
  const CacheListing left = list_cache(path_).front();
  ASSERT_THAT(left.entries, SizeIs(others.size()));
  for (const CacheEntry& entry : left.entries) {
    EXPECT_STREQ(to_string(entry.kind), "unknown") << entry.path;
  }
}

TEST_F(CacheAdmin, PruneKeepsWhatIsYoungAndFits) {
  const std::string left = path_ + "/" + temporary_name(1);
  write_bytes(left, {1});
  write_bytes(path_ + "/" + temporary_name(2), {1});
  set_last_use(left, 3601);
  const CacheRemoval removal = prune_cache({}, path_);
  ASSERT_THAT(removal.removed.entries, SizeIs(1));
  EXPECT_EQ(removal.removed.entries[0].path, left);
  EXPECT_EQ(removal.removed_bytes, 1u);
  EXPECT_THAT(files_below(path_), SizeIs(3));
}

TEST_F(CacheAdmin, PruneToASizeRemovesWhatWasUsedLongestAgo) {
  set_last_use(path_ + "/" + current_key().file_name(), 500);
  set_last_use(path_ + "/specs/" + some_record_key().file_name(), 400);
  EXPECT_THAT(prune_cache({1000, false}, path_).removed.entries, SizeIs(1));
  EXPECT_TRUE(cache_.find_record(some_record_key()));
  EXPECT_FALSE(cache_.find_code(current_key()));
  EXPECT_THAT(prune_cache({0, false}, path_).removed.entries, SizeIs(1));
  EXPECT_THAT(files_below(path_), IsEmpty());
}

TEST_F(CacheAdmin, PruneRemovesWhatThisBuildWouldNotUseWhenAsked) {
  CodeKey other = current_key();
  other.llvm_version = "3.0";
  ASSERT_TRUE(cache_.store_code(other, image_that_returns(1)));
  EXPECT_THAT(prune_cache({}, path_).removed.entries, IsEmpty());
  const CacheRemoval removal = prune_cache({std::nullopt, true}, path_);
  ASSERT_THAT(removal.removed.entries, SizeIs(1));
  EXPECT_EQ(removal.removed.entries[0].llvm_version, "3.0");
}

TEST_F(CacheAdmin, ListsLayersAndChangesTheLastOnly) {
  const std::string last = dir_.path("last");
  const std::string both = path_ + ":" + last;
  ASSERT_TRUE(DirectoryCache(last).store_code(current_key(), image_that_returns(1)));
  const std::vector<CacheListing> listings = list_cache(both);
  ASSERT_THAT(listings, SizeIs(2));
  EXPECT_EQ(listings[0].directory, path_);
  EXPECT_TRUE(listings[0].read_only);
  EXPECT_THAT(listings[0].entries, SizeIs(2));
  EXPECT_FALSE(listings[1].read_only);
  EXPECT_THAT(listings[1].entries, SizeIs(1));
  EXPECT_THAT(prune_cache({0, true}, both).removed.entries, SizeIs(1));
  EXPECT_THAT(clear_cache(both).removed.entries, IsEmpty());
  EXPECT_THAT(files_below(path_), SizeIs(2));
}

TEST_F(CacheAdmin, AnUnusableDirectoryIsExplainedAndLeftAlone) {
  ASSERT_EQ(::chmod(path_.c_str(), 0777), 0);
  EXPECT_THAT(list_cache(path_).front().unusable, HasSubstr("may write"));
  EXPECT_THAT(clear_cache(path_).removed.unusable, HasSubstr("may write"));
  EXPECT_THAT(files_below(path_), SizeIs(2));
  const ScopedVariable rigjit("RIGJIT_CACHE_DIR", nullptr);
  const ScopedVariable xdg("XDG_CACHE_HOME", nullptr);
  const ScopedVariable home("HOME", nullptr);
  EXPECT_THAT(list_cache().front().unusable, HasSubstr("HOME"));
}

TEST_F(CacheAdmin, RefusedSpecsLeaveTheCodeToEveryCommand) {
  ASSERT_EQ(::chmod((path_ + "/specs").c_str(), 0777), 0);
  for (const CacheListing& listing : {list_cache(path_).front(), verify_cache(path_).front()}) {
    EXPECT_EQ(listing.unusable, "");
    EXPECT_THAT(listing.unusable_specs, HasSubstr(path_ + "/specs"));
    ASSERT_THAT(listing.entries, SizeIs(1));
    EXPECT_EQ(listing.entries[0].problem, "");
  }
  const CacheRemoval pruned = prune_cache({0, false}, path_);
  EXPECT_THAT(pruned.removed.entries, SizeIs(1));
  EXPECT_THAT(pruned.removed.unusable_specs, HasSubstr("may write"));
  ASSERT_TRUE(cache_.store_code(current_key(), image_that_returns(1)));
  const CacheRemoval cleared = clear_cache(path_);
  EXPECT_THAT(cleared.removed.entries, SizeIs(1));
  EXPECT_EQ(cleared.removed.unusable, "");
  EXPECT_THAT(cleared.removed.unusable_specs, HasSubstr("may write"));
  EXPECT_THAT(files_below(path_), SizeIs(1));
}

TEST_F(CacheAdmin, ADirectoryNotMadeYetIsEmpty) {
  const CacheListing listing = list_cache(dir_.path("later")).front();
  EXPECT_EQ(listing.unusable, "");
  EXPECT_THAT(listing.entries, IsEmpty());
}

}  // namespace
}  // namespace rigjit
