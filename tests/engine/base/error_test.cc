#include "rigjit/error.h"

#include <gtest/gtest.h>

#include "rigjit/channel.h"

namespace rigjit {
namespace {

Error unknown_key() {
  Error error;
  error.code = "unknown-key";
  error.message = "unknown key 'axis'";
  return error;
}

TEST(Error, PrintsWhatItKnows) {
  Error error = unknown_key();
  EXPECT_EQ(error.to_string(), "error: unknown key 'axis' [unknown-key]");
  error.file = "rig.yaml";
  EXPECT_EQ(error.to_string(), "rig.yaml: error: unknown key 'axis' [unknown-key]");
  error.line = 12;
  EXPECT_EQ(error.to_string(), "rig.yaml:12: error: unknown key 'axis' [unknown-key]");
  error.column = 7;
  error.suggestion = "axes";
  error.path = "$.controllers[2]";
  EXPECT_EQ(error.to_string(),
            "rig.yaml:12:7: error: unknown key 'axis'; did you mean 'axes'? [unknown-key] "
            "at $.controllers[2]");
  error.file.reset();
  error.suggestion.reset();
  EXPECT_EQ(error.to_string(), "12:7: error: unknown key 'axis' [unknown-key] at $.controllers[2]");
}

TEST(Error, StaysOnItsLine) {
  Error error = unknown_key();
  error.message = "unknown key 'a\nb'";
  EXPECT_EQ(error.to_string(), "error: unknown key 'a\\x0ab' [unknown-key]");
}

TEST(Error, SeveralAreOneLineEach) {
  EXPECT_EQ(to_string(Errors{}), "");
  EXPECT_EQ(to_string(Errors{unknown_key(), unknown_key()}),
            "error: unknown key 'axis' [unknown-key]\n"
            "error: unknown key 'axis' [unknown-key]");
}

TEST(TransformationKind, IsTheWordOfTheSpec) {
  EXPECT_STREQ(to_string(TransformationKind::kTranslation), "translation");
  EXPECT_STREQ(to_string(TransformationKind::kRotation3d), "rotation3d");
  EXPECT_STREQ(to_string(TransformationKind::kRotation1d), "rotation1d");
  EXPECT_STREQ(to_string(TransformationKind::kScale), "scale");
  EXPECT_STREQ(to_string(TransformationKind::kAttribute), "attribute");
  EXPECT_STREQ(to_string(TransformationKind::kConstant), "constant");
}

}  // namespace
}  // namespace rigjit
