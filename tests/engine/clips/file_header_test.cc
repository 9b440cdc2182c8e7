// Headers from anybody's bytes: errors, and nothing is thrown.
#include "clips/file_header.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/rig_fixture.h"
#include "rigjit/clip.h"

namespace rigjit {
namespace {

TEST(FileHeaders, OfEveryLengthAreErrorsUntilTheyAreWhole) {
  const Rig rig(*small_core(no_cache()), Origin::kCompiled);
  for (const std::string& header : {*clip_header(rig, 3), *vectors_header(rig, 3)}) {
    for (std::size_t size = 0; size < header.size(); ++size) {
      const std::string_view cut = std::string_view(header).substr(0, size);
      Result<FileHeader> parsed = FileHeader{};
      EXPECT_NO_THROW(parsed = parse_file_header(cut, rig));
      // What is cut of the spaces at its end is still a header.
      if (parsed) {
        EXPECT_EQ(header.find_first_not_of(' ', size), std::string::npos);
      } else {
        EXPECT_EQ(parsed.errors()[0].code, "malformed-file");
      }
      EXPECT_NO_THROW((void)may_be_file_header(cut));
    }
    EXPECT_TRUE(parse_file_header(header, rig));
  }
}

TEST(FileHeaders, OfDamagedBytesAreErrors) {
  const Rig rig(*small_core(no_cache()), Origin::kCompiled);
  const std::string header = *clip_header(rig, 3);
  for (std::size_t at = 0; at < header.size(); ++at) {
    for (const char byte : {'\0', '"', '{', '\xFF', '9'}) {
      std::string damaged = header;
      damaged[at] = byte;
      EXPECT_NO_THROW((void)parse_file_header(damaged, rig));
      EXPECT_NO_THROW((void)file_header_size(damaged.data()));
    }
  }
}

}  // namespace
}  // namespace rigjit
