#include "base/printable.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/make_error.h"

namespace rigjit {
namespace {

TEST(Printable, LeavesWhatShows) {
  const std::string text = "head_CTRL 頭 Kopf ✓ 🙂 e\xCC\x81 \\x1b";
  EXPECT_EQ(printable(text), text);
}

TEST(Printable, WritesOutWhatDoesNot) {
  using namespace std::string_literals;
  EXPECT_EQ(printable("a\0b\x1b[31m\x7f\n\t"s), "a\\x00b\\x1b[31m\\x7f\\x0a\\x09");
  EXPECT_EQ(printable("\xC2\x9B\xC2\xA0\xC2\xAD"), "\\u009b\\u00a0\\u00ad");
  EXPECT_EQ(printable("\xE2\x80\xAE\xE2\x80\x8B\xE2\x80\xA8\xEF\xBB\xBF"),
            "\\u202e\\u200b\\u2028\\ufeff");
  EXPECT_EQ(printable("\xF3\xA0\x81\x81\xF0\x9F\xBF\xBE"), "\\U000e0041\\U0001fffe");
}

TEST(Printable, WritesOutBytesThatAreNoText) {
  EXPECT_EQ(printable("\xFFz\xC3(\xED\xA0\x80\xC0\xAF"), "\\xffz\\xc3(\\xed\\xa0\\x80\\xc0\\xaf");
}

TEST(Printable, KeepsLinesApart) { EXPECT_EQ(printable_lines("a\nb\r\n"), "a\nb\\x0d\n"); }

TEST(Shortened, SaysWhatIsLeftOut) {
  EXPECT_EQ(shortened("short", 5), "short");
  EXPECT_EQ(shortened("12\xE9\xA0\xAD", 4), "12… (3 more bytes)");
}

TEST(MakeError, MessagesArePrintable) {
  const Error error = error_at("code", "no 'a\x1b\xC2\x9B'", "pose[\"\n\"]");
  EXPECT_EQ(error.message, "no 'a\\x1b\\u009b'");
  EXPECT_EQ(error.path, "pose[\"\\x0a\"]");
}

TEST(Errors, AreCountedBeyondTheFirst) {
  const Errors errors(1500, make_error("code", "message"));
  EXPECT_EQ(std::ranges::count(to_string(errors), '\n'), kShownErrors);
  EXPECT_TRUE(to_string(errors).ends_with("\nand 1480 more errors"));
  EXPECT_EQ(to_string(errors, 1499).substr(to_string(errors, 1499).rfind('\n')),
            "\nand 1 more error");
  EXPECT_EQ(to_string(Errors(errors.begin(), errors.begin() + 20)).find("more"), std::string::npos);
}

TEST(Error, IsShortWhateverItsNames) {
  Error error = error_at("code", std::string(100'000, 'm'), std::string(100'000, 'p'));
  error.suggestion = std::string(100'000, 's');
  EXPECT_LT(error.to_string().size(), 2000u);
  EXPECT_EQ(error.message.size(), 100'000u);
}

}  // namespace
}  // namespace rigjit
