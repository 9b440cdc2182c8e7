// Names of files that rigjit makes in a cache directory, and names that are somebody else's.
#include "cache/cache_file_kind.h"

#include <gtest/gtest.h>

#include "code/target.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using Kind = CacheFileKind;

const std::string kHash = "0123456789abcdef0123456789abcdef";
const std::string kRest = "fedcba9876543210";

TEST(CacheFileKind, EveryNameOfCodeIsOne) {
  for (const Program program : kPrograms) {
    for (const Target& target : all_targets()) {
      CodeKey key = some_key();
      key.program = program;
      key.target = target.id;
      EXPECT_EQ(kind_of(key.file_name(), false), Kind::kCode) << key.file_name();
      EXPECT_EQ(kind_of(key.file_name(), true), Kind::kUnknown);
    }
  }
  // Of a later version.
  EXPECT_EQ(kind_of(kHash + "-pose_2-riscv64-" + kRest + ".code", false), Kind::kCode);
}

TEST(CacheFileKind, EveryNameOfARecordIsOne) {
  EXPECT_EQ(kind_of(some_record_key().file_name(), true), Kind::kSpec);
  EXPECT_EQ(kind_of(some_record_key().file_name(), false), Kind::kUnknown);
}

TEST(CacheFileKind, TemporaryFilesLieAnywhere) {
  for (const bool in_specs : {false, true}) {
    EXPECT_EQ(kind_of(".tmp-1-" + kHash, in_specs), Kind::kTemporary);
    EXPECT_EQ(kind_of(".tmp-4194304-" + kHash, in_specs), Kind::kTemporary);
  }
}

TEST(CacheFileKind, EverythingElseIsSomebodysOwn) {
  const std::vector<std::string> names = {
      "",
      "notes.code",
      "hero.spec",
      "-.code",
      ".tmp-",
      ".tmp-1-2",
      ".tmp-notes",
      ".tmp--" + kHash,
      ".tmp-1-" + kHash + "0",
      ".tmp-1-" + kHash + ".code",
      "a.tmp-1-" + kHash,
      kHash,
      kHash + ".code",
      kHash + ".spec.bak",
      kHash + "0.spec",
      "." + kHash + ".spec",
      "0123456789ABCDEF0123456789ABCDEF.spec",
      kHash + "-" + kRest + ".code",
      kHash + "-message-" + kRest + ".code",
      kHash + "-message--" + kRest + ".code",
      kHash + "-message-x86-64-" + kRest + ".code.bak",
      kHash + "-message-x86-64-" + kRest + "0.code",
      kHash + "-message-x86-64-fedcba987654321g.code",
      kHash + "-message-x86-64-" + kRest + "-.code",
      kHash + "-my notes-x86-64-" + kRest + ".code",
      "0" + kHash + "-message-x86-64-" + kRest + ".code",
  };
  for (const std::string& name : names) {
    EXPECT_EQ(kind_of(name, false), Kind::kUnknown) << name;
    EXPECT_EQ(kind_of(name, true), Kind::kUnknown) << name;
  }
}

}  // namespace
}  // namespace rigjit
