// Every file of tests/bad_specs against what it says of itself; see the README there.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "spec_text.h"

namespace rigjit {
namespace {

namespace fs = std::filesystem;

struct Expected {
  std::string file;  // relative to the spec's directory; empty: the spec itself
  std::string code;
  uint32_t line = 0;
  uint32_t column = 0;  // 0 if the file does not say
};

std::string code_at(const std::string& line, std::size_t begin) {
  const auto end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", begin);
  return line.substr(begin, end - begin);
}

std::optional<Expected> place_in(const std::string& text) {
  const std::string on_line = "# error: ";
  const std::string elsewhere = "# error-at ";
  std::istringstream lines(text);
  std::string line;
  for (uint32_t number = 1; std::getline(lines, line); ++number) {
    if (const auto at = line.find(elsewhere); at != std::string::npos) {
      char separator = 0;
      Expected expected;
      std::istringstream place(line.substr(at + elsewhere.size()));
      place >> expected.line >> separator >> expected.column;
      expected.code = code_at(line, line.find(": ", at) + 2);
      return expected;
    }
    if (const auto at = line.find(on_line); at != std::string::npos) {
      return Expected{{}, code_at(line, at + on_line.size()), number};
    }
  }
  return std::nullopt;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<Expected> expectation_of(const fs::path& spec) {
  const std::string in_base = "# error-in ";
  const std::string text = read(spec);
  const auto at = text.find(in_base);
  if (at == std::string::npos) return place_in(text);
  const auto begin = at + in_base.size();
  const std::string base = text.substr(begin, text.find('\n', begin) - begin);
  auto expected = place_in(read(spec.parent_path() / base));
  if (expected) expected->file = base;
  return expected;
}

std::vector<fs::path> bad_specs() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(RIGJIT_SOURCE_DIR "/tests/bad_specs")) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class BadSpec : public testing::TestWithParam<fs::path> {};

TEST_P(BadSpec, HasExactlyTheMistakeItIsNamedAfter) {
  const auto expected = expectation_of(GetParam());
  ASSERT_TRUE(expected) << "no marker in the file";
  const Errors errors = check(GetParam().string());
  ASSERT_EQ(errors.size(), 1u) << to_string(errors);
  const Error& error = errors[0];
  EXPECT_EQ(error.code, expected->code) << to_string(errors);
  EXPECT_EQ(error.line, expected->line) << to_string(errors);
  ASSERT_TRUE(error.column);
  EXPECT_GE(*error.column, 1u);
  if (expected->column != 0) {
    EXPECT_EQ(*error.column, expected->column) << to_string(errors);
  }
  const fs::path file =
      expected->file.empty() ? GetParam() : GetParam().parent_path() / expected->file;
  EXPECT_EQ(error.file, file.string());
  EXPECT_FALSE(error.message.empty());
  EXPECT_EQ(error.category, Error::Category::kRig);
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  return info.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(All, BadSpec, testing::ValuesIn(bad_specs()), test_name);

}  // namespace
}  // namespace rigjit
