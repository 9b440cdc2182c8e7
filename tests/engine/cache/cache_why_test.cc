#include "cache/cache_why.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cache/cache.h"
#include "code/program_names.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class CacheWhy : public testing::Test {
 protected:
  void SetUp() override {
    for (const Program program : kUsualPrograms) store(key(program));
  }
  [[nodiscard]] CodeKey key(Program program) const {
    return code_key(some_description(), program, target_of(TargetId::kX86_64_v3));
  }
  void store(const CodeKey& key) const {
    ASSERT_TRUE(DirectoryCache(path_).store_code(key, image_that_returns(1)));
  }
  [[nodiscard]] std::vector<CacheAnswer> answers(const std::string& directories) const {
    return explain_cache(some_description(), {&target_of(TargetId::kX86_64_v3)}, directories)
        .answers;
  }
  // Leaves only a message whose key `change` has changed, and tells how it differs.
  template <typename Change>
  [[nodiscard]] std::vector<std::string> fields_after(Change change) const {
    clear_cache(path_);
    CodeKey other = key(Program::kMessage);
    change(other);
    store(other);
    const std::vector<CacheAnswer> all = answers(path_);
    std::vector<std::string> fields;
    for (const KeyDifference& difference : all.front().differences) {
      EXPECT_NE(difference.entry, difference.wanted);
      fields.push_back(difference.field);
    }
    EXPECT_EQ(all.front().nearest, path_ + "/" + other.file_name());
    EXPECT_EQ(all.front().problem, "there is none");
    return fields;
  }

  ScratchDir dir_;
  std::string path_ = dir_.path("cache");
};

TEST_F(CacheWhy, TellsWhatIsFound) {
  const std::vector<CacheAnswer> all = answers(path_);
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].program, "message");
  EXPECT_EQ(all[1].program, "values");
  EXPECT_EQ(all[2].program, "vector");
  for (const CacheAnswer& answer : all) {
    EXPECT_EQ(answer.problem, "");
    EXPECT_EQ(answer.directory, path_);
    EXPECT_TRUE(std::filesystem::exists(answer.path));
    EXPECT_EQ(answer.nearest, "");
  }
}

TEST_F(CacheWhy, NamesEveryFieldThatDiffers) {
  EXPECT_THAT(fields_after([](CodeKey& key) { key.rig_hash.low ^= 1; }), ElementsAre("rig hash"));
  EXPECT_THAT(fields_after([](CodeKey& key) { key.target = TargetId::kX86_64; }),
              ElementsAre("target"));
  EXPECT_THAT(fields_after([](CodeKey& key) { key.kernel_abi += 1; }), ElementsAre("kernel ABI"));
  EXPECT_THAT(fields_after([](CodeKey& key) {
                key.engine_build.high ^= 1;
                key.llvm_version = "18.1.8";
              }),
              ElementsAre("engine build", "LLVM"));
  EXPECT_THAT(fields_after([](CodeKey& key) {
                key.name_space = {1, 2};
                key.output_size += 10;
              }),
              ElementsAre("bytes", "namespace"));
  EXPECT_THAT(fields_after([](CodeKey& key) { key.input_count += 1; }), ElementsAre("inputs"));
}

TEST_F(CacheWhy, PrefersTheSameRigToTheSameBuild) {
  CodeKey of_other_rig = key(Program::kMessage);
  of_other_rig.rig_hash.low ^= 1;
  store(of_other_rig);
  EXPECT_THAT(fields_after([](CodeKey& key) {
                key.engine_build.high ^= 1;
                key.llvm_version = "18.1.8";
                key.target = TargetId::kX86_64;
              }),
              ElementsAre("target", "engine build", "LLVM"));
}

TEST_F(CacheWhy, TellsOfAnotherFormat) {
  const std::string file = path_ + "/" + key(Program::kMessage).file_name();
  std::vector<uint8_t> bytes = bytes_of(file);
  bytes[8] = 1;
  std::filesystem::remove(file);
  write_bytes(path_ + "/" + some_description().rig_hash.to_hex() +
                  "-message-x86-64-v3-0123456789abcdef.code",
              bytes);
  std::filesystem::remove(path_ + "/" + key(Program::kValues).file_name());
  const std::vector<CacheAnswer> all = answers(path_);
  ASSERT_THAT(all[0].differences, SizeIs(1));
  EXPECT_EQ(all[0].differences[0].field, "format");
  EXPECT_EQ(all[0].differences[0].entry, "1");
  EXPECT_EQ(all[0].differences[0].wanted, "3");
}

TEST_F(CacheWhy, TellsOfDamageAndChangesNothing) {
  const std::string file = path_ + "/" + key(Program::kMessage).file_name();
  std::vector<uint8_t> bytes = bytes_of(file);
  bytes.back() ^= 1;
  write_bytes(file, bytes);
  EXPECT_THAT(answers(path_)[0].problem, HasSubstr("checksum"));
  EXPECT_EQ(bytes_of(file), bytes);
}

TEST_F(CacheWhy, TellsOfTrustAndGoesThroughTheLayers) {
  const std::string open = dir_.path("open");
  std::filesystem::create_directory(open);
  ASSERT_EQ(::chmod(open.c_str(), 0777), 0);
  const std::vector<CacheAnswer> all = answers(open + ":" + path_);
  ASSERT_THAT(all, SizeIs(6));
  for (std::size_t i = 0; i < all.size(); i += 2) {
    EXPECT_THAT(all[i].problem, HasSubstr("may write"));
    EXPECT_EQ(all[i + 1].problem, "");
  }
}

}  // namespace
}  // namespace rigjit
