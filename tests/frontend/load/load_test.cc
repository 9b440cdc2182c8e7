#include "rigjit/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "code/target.h"
#include "rigjit/cache.h"
#include "rigjit/loaded_rigs.h"

namespace rigjit {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kSpec = R"(rigjit: 1
name: sample
metadata: {unit: cm}
controllers:
  - name: x_main_CTRL
    transformations:
      - translation: {axes: xyz, scale: 25}
  - name: arm_CTRL
    transformations:
      - rotation3d: {rotate_order: zxy}
      - constant: {name: IK_FK, value: 1}
)";

class Load : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "rigjit-load-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
    options_.cache_dir = (dir_ / "cache").string();
    forget_loaded_rigs();
  }
  void TearDown() override {
    forget_loaded_rigs();
    fs::remove_all(dir_);
  }
  // Loads as another process would: nothing shared.
  Result<Rig> load_anew(std::string_view text) const {
    forget_loaded_rigs();
    return loads(text, options_);
  }
  std::size_t files(const char* extension) const {
    std::size_t count = 0;
    if (!fs::exists(*options_.cache_dir)) return 0;
    for (const auto& entry : fs::recursive_directory_iterator(*options_.cache_dir)) {
      count += entry.path().extension() == extension;
    }
    return count;
  }
  std::string code_of(const Result<Rig>& result) const {
    return result ? "" : result.errors().front().code;
  }

  fs::path dir_;
  LoadOptions options_;
};

TEST_F(Load, CompilesThenSharesThenFindsTheCache) {
  const auto compiled = loads(kSpec, options_);
  ASSERT_TRUE(compiled) << to_string(compiled.errors());
  EXPECT_EQ(compiled->origin(), Origin::kCompiled);
  const auto shared = loads(kSpec, options_);
  ASSERT_TRUE(shared);
  EXPECT_EQ(shared->origin(), Origin::kMemory);
  const auto cached = load_anew(kSpec);
  ASSERT_TRUE(cached);
  EXPECT_EQ(cached->origin(), Origin::kCached);
  EXPECT_EQ(cached->cache_note(), "");
  EXPECT_EQ(cached->name(), "sample");
  EXPECT_EQ(cached->hash(), compiled->hash());
  EXPECT_EQ(cached->metadata(), compiled->metadata());
  EXPECT_EQ(cached->vec_size(), 9u);
  EXPECT_EQ(cached->rest_vec(), compiled->rest_vec());
  EXPECT_EQ(cached->msgpack_size(), compiled->msgpack_size());
}

TEST_F(Load, ACachedRigConvertsAsTheCompiledOne) {
  std::vector<uint8_t> first;
  for (const Origin origin : {Origin::kCompiled, Origin::kCached}) {
    const auto rig = load_anew(kSpec);
    ASSERT_TRUE(rig);
    ASSERT_EQ(rig->origin(), origin);
    std::vector<uint8_t> message(rig->msgpack_size());
    std::vector<float> values(rig->channel_count());
    ASSERT_TRUE(rig->vec_to_rig(rig->rest_vec().data(), message.data()));
    ASSERT_TRUE(rig->vec_to_values(rig->rest_vec().data(), values.data()));
    EXPECT_EQ(values.back(), 1.0f);
    if (origin == Origin::kCompiled) first = message;
    EXPECT_EQ(message, first);
    const auto plan = rig->plan();
    ASSERT_TRUE(plan);
    EXPECT_THAT(*plan, HasSubstr("x_main_CTRL"));
  }
}

TEST_F(Load, AnEditedCommentReusesTheCode) {
  ASSERT_TRUE(load_anew(kSpec));
  const auto edited = load_anew(std::string(kSpec) + "# a comment\n");
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->origin(), Origin::kCached);
  EXPECT_EQ(files(".code"), 1u);
  EXPECT_EQ(files(".spec"), 2u);
}

TEST_F(Load, WithoutCacheNothingIsWrittenOrShared) {
  options_.cache = false;
  for (int i = 0; i < 2; ++i) {
    const auto rig = loads(kSpec, options_);
    ASSERT_TRUE(rig);
    EXPECT_EQ(rig->origin(), Origin::kCompiled);
    EXPECT_NE(rig->cache_note(), "");
  }
  EXPECT_FALSE(fs::exists(*options_.cache_dir));
  EXPECT_EQ(forget_loaded_rigs(), 0u);
}

TEST_F(Load, AnUnusableCacheCostsTimeOnly) {
  std::ofstream(*options_.cache_dir) << "in the way";
  const auto rig = load_anew(kSpec);
  ASSERT_TRUE(rig);
  EXPECT_EQ(rig->origin(), Origin::kCompiled);
  EXPECT_THAT(rig->cache_note(), HasSubstr("Not a directory"));
  EXPECT_TRUE(
      rig->vec_to_rig(rig->rest_vec().data(), std::vector<uint8_t>(rig->msgpack_size()).data()));
}

TEST_F(Load, DamagedFilesAreCompiledAndMendedAgain) {
  ASSERT_TRUE(load_anew(kSpec));
  for (const auto& entry : fs::recursive_directory_iterator(*options_.cache_dir)) {
    if (entry.is_regular_file()) fs::resize_file(entry.path(), entry.file_size() - 1);
  }
  const auto rig = load_anew(kSpec);
  ASSERT_TRUE(rig);
  EXPECT_EQ(rig->origin(), Origin::kCompiled);
  EXPECT_THAT(rig->cache_note(), HasSubstr("size"));
  EXPECT_EQ(load_anew(kSpec)->origin(), Origin::kCached);
}

TEST_F(Load, ADamagedRecordThatStaysIsToldOfAtEveryLoad) {
  ASSERT_TRUE(load_anew(kSpec));
  const fs::path specs = fs::path(*options_.cache_dir) / "specs";
  const std::string record = fs::directory_iterator(specs)->path().string();
  fs::resize_file(record, fs::file_size(record) - 1);
  options_.cache_dir = *options_.cache_dir + ":" + (dir_ / "own").string();
  for (int i = 0; i < 3; ++i) {
    const auto rig = load_anew(kSpec);
    ASSERT_TRUE(rig);
    EXPECT_EQ(rig->origin(), Origin::kCached);
    EXPECT_THAT(rig->cache_note(), HasSubstr("cannot use " + record + ": its size"));
  }
  EXPECT_TRUE(fs::exists(dir_ / "own" / "specs"));
}

TEST_F(Load, AFileIsReadAndNamedInErrors) {
  const std::string path = (dir_ / "rig.yaml").string();
  std::ofstream(path) << kSpec;
  EXPECT_TRUE(load(path, options_));
  std::ofstream(path) << "rigjit: 1\nname: x\nbogus: 1\n";
  const auto bad = load(path, options_);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.errors().front().file, path);
  const auto missing = load((dir_ / "missing.yaml").string(), options_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(code_of(missing), "unreadable-file");
  EXPECT_EQ(missing.errors().front().category, Error::Category::kFile);
}

class LoadBases : public Load {
 protected:
  void SetUp() override {
    Load::SetUp();
    write("base.yaml", 2);
    std::ofstream(dir_ / "hero.yaml") << "rigjit: 1\nname: hero\nbase: base.yaml\n";
  }
  void write(const char* name, int scale, const char* directory = "") const {
    fs::create_directories(dir_ / directory);
    std::ofstream(dir_ / directory / name)
        << "rigjit: 1\ncontrollers:\n  - name: c\n    transformations:\n"
        << "      - translation: {scale: " << scale << "}\n";
  }
  Result<Rig> load_hero(const char* directory = "") const {
    forget_loaded_rigs();
    return load((dir_ / directory / "hero.yaml").string(), options_);
  }
  static float value_at_one(const Rig& rig) {
    std::vector<float> values(rig.channel_count());
    EXPECT_TRUE(rig.vec_to_values(std::vector<float>(rig.vec_size(), 1).data(), values.data()));
    return values[0];
  }
};

TEST_F(LoadBases, AreFoundInTheCacheWithoutParsing) {
  const auto compiled = load_hero();
  ASSERT_TRUE(compiled) << to_string(compiled.errors());
  EXPECT_EQ(compiled->origin(), Origin::kCompiled);
  EXPECT_EQ(files(".spec"), 2u);
  ::setenv("RIGJIT_LOG", "1", 1);
  testing::internal::CaptureStderr();
  const auto cached = load_hero();
  ::unsetenv("RIGJIT_LOG");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_TRUE(cached);
  EXPECT_EQ(cached->origin(), Origin::kCached);
  EXPECT_EQ(cached->name(), "hero");
  ASSERT_EQ(cached->spec_files().size(), 2u);
  EXPECT_EQ(cached->spec_files()[1].name, (dir_ / "base.yaml").string());
  EXPECT_EQ(load((dir_ / "hero.yaml").string(), options_)->origin(), Origin::kMemory);
}

TEST_F(LoadBases, AChangedBaseIsNeverStale) {
  for (const int scale : {2, 3, 2, 5}) {
    write("base.yaml", scale);
    EXPECT_EQ(value_at_one(*load_hero()), static_cast<float>(scale));
    EXPECT_EQ(value_at_one(*load((dir_ / "hero.yaml").string(), options_)),
              static_cast<float>(scale));
  }
  fs::remove(dir_ / "base.yaml");
  const auto gone = load_hero();
  ASSERT_FALSE(gone);
  EXPECT_EQ(code_of(gone), "unreadable-file");
}

TEST_F(LoadBases, OneTextInTwoDirectoriesIsTwoRigs) {
  write("base.yaml", 7, "other");
  fs::copy_file(dir_ / "hero.yaml", dir_ / "other" / "hero.yaml");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(value_at_one(*load_hero()), 2);
    EXPECT_EQ(value_at_one(*load_hero("other")), 7);
  }
  EXPECT_EQ(files(".spec"), 3u);
}

TEST_F(LoadBases, TextsAreKept) {
  for (int i = 0; i < 2; ++i) {
    write("base.yaml", 2);
    const auto rig = load_hero();
    ASSERT_TRUE(rig);
    write("base.yaml", 9);
    const auto plan = rig->plan();
    ASSERT_TRUE(plan) << to_string(plan.errors());
    EXPECT_THAT(*plan, HasSubstr("fma(vec[0], 2, 0)"));
    options_.cache_dir = (dir_ / "empty").string();
    const auto again = load(SpecSource::texts(rig->spec_files()), options_);
    ASSERT_TRUE(again);
    EXPECT_EQ(value_at_one(*again), 2);
    options_.cache_dir = (dir_ / "cache").string();
  }
}

TEST_F(LoadBases, OfATextAreRelativeToTheDirectoryGiven) {
  EXPECT_EQ(code_of(loads("{rigjit: 1, base: base.yaml}", options_)), "unknown-directory");
  options_.base_dir = dir_.string();
  const auto rig = loads("{rigjit: 1, base: base.yaml}", options_);
  ASSERT_TRUE(rig) << to_string(rig.errors());
  EXPECT_EQ(value_at_one(*rig), 2);
}

TEST_F(Load, TargetsAreCheckedBeforeAnythingElse) {
  options_.target = "z80";
  EXPECT_EQ(code_of(loads("not a spec", options_)), "unknown-target");
  for (const Target& target : all_targets()) {
    if (host_runs(target)) continue;
    options_.target = target.name;
    EXPECT_EQ(code_of(loads(kSpec, options_)), "target-not-runnable");
  }
}

TEST_F(Load, EveryTargetOfThisMachineHasCodeOfItsOwn) {
  std::size_t count = 0;
  for (const Target& target : all_targets()) {
    if (!host_runs(target)) continue;
    options_.target = target.name;
    const auto rig = load_anew(kSpec);
    ASSERT_TRUE(rig);
    EXPECT_EQ(rig->origin(), Origin::kCompiled);
    EXPECT_EQ(rig->target(), target.name);
    count += 1;
  }
  EXPECT_EQ(files(".code"), count);
  EXPECT_EQ(files(".spec"), 1u);
}

// A farm prebuilds for the least of its machines; the others need not compile.
TEST_F(Load, CodeOfALesserTargetIsUsedWhenNoneIsAsked) {
  const Target* lesser = nullptr;
  for (const Target& target : all_targets()) {
    const bool alike = target.has_fma == host_target().has_fma && target.id != host_target().id;
    if (host_runs(target) && alike) lesser = &target;
  }
  if (lesser == nullptr) GTEST_SKIP() << "this machine runs one target with these bytes";
  options_.target = lesser->name;
  ASSERT_TRUE(load_anew(kSpec));
  options_.target.reset();
  const auto rig = load_anew(kSpec);
  ASSERT_TRUE(rig);
  EXPECT_EQ(rig->origin(), Origin::kCached);
  EXPECT_EQ(rig->target(), lesser->name);
}

TEST_F(Load, ManyThreadsLoadAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto rig = loads(kSpec, options_);
      ASSERT_TRUE(rig) << to_string(rig.errors());
      std::vector<float> values(rig->channel_count());
      EXPECT_TRUE(rig->vec_to_values(rig->rest_vec().data(), values.data()));
    });
  }
  threads.clear();
  EXPECT_EQ(forget_loaded_rigs(), 1u);
  EXPECT_EQ(files(".code"), 2u);
}

TEST_F(Load, ProcessesRaceForAnEmptyDirectory) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      bool good = true;
      for (int round = 0; round < 20 && good; ++round) {
        const auto rig = load_anew(kSpec);
        good = rig.ok() && rig->cache_note().find("failed") == std::string::npos;
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_EQ(files(".code"), 1u);
  EXPECT_EQ(files(".spec"), 1u);
}

TEST_F(Load, UnloadingFreesMemory) {
  const auto executable_mappings = [] {
    std::ifstream maps("/proc/self/maps");
    std::ptrdiff_t count = 0;
    for (std::string line; std::getline(maps, line);) count += line.find("r-xp") != line.npos;
    return count;
  };
  ASSERT_TRUE(load_anew(kSpec));
  forget_loaded_rigs();
  const auto before = executable_mappings();
  for (int i = 0; i < 100; ++i) {
    const auto rig = load_anew(kSpec);
    ASSERT_TRUE(rig);
    EXPECT_EQ(executable_mappings(), before + 1);
  }
  forget_loaded_rigs();
  EXPECT_EQ(executable_mappings(), before);
}

TEST_F(Load, SaysNothingUnlessAsked) {
  testing::internal::CaptureStderr();
  ASSERT_TRUE(load_anew(kSpec));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ::setenv("RIGJIT_LOG", "1", 1);
  testing::internal::CaptureStderr();
  ASSERT_TRUE(load_anew(std::string(kSpec) + "  - name: more\n    transformations:\n"
                                             "      - translation: {axes: x}\n"));
  ::unsetenv("RIGJIT_LOG");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("compiling the message program"));
}

}  // namespace
}  // namespace rigjit
