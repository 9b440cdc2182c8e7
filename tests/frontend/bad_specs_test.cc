// Every file of tests/bad_specs against what it says of itself; see the README there.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "spec_text.h"

namespace rigjit {
namespace {

namespace fs = std::filesystem;

struct Expected {
  std::string code;
  uint32_t line = 0;
  uint32_t column = 0;  // 0 if the file does not say
};

std::optional<Expected> expectation_of(const std::string& text) {
  static const std::regex kOnLine("# error: ([a-z0-9-]+)");
  static const std::regex kElsewhere("# error-at ([0-9]+):([0-9]+): ([a-z0-9-]+)");
  std::istringstream lines(text);
  std::string line;
  for (uint32_t number = 1; std::getline(lines, line); ++number) {
    std::smatch match;
    if (std::regex_search(line, match, kElsewhere)) {
      return Expected{match[3], static_cast<uint32_t>(std::stoul(match[1])),
                      static_cast<uint32_t>(std::stoul(match[2]))};
    }
    if (std::regex_search(line, match, kOnLine)) return Expected{match[1], number};
  }
  return std::nullopt;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
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
  const auto expected = expectation_of(read(GetParam()));
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
  EXPECT_EQ(error.file, GetParam().string());
  EXPECT_FALSE(error.message.empty());
  EXPECT_EQ(error.category, Error::Category::kRig);
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  return info.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(All, BadSpec, testing::ValuesIn(bad_specs()), test_name);

}  // namespace
}  // namespace rigjit
