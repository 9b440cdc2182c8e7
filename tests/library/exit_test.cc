// A process may end while its threads load, compile and convert.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>

namespace rigjit {
namespace {

struct Ended {
  int status;
  std::string said;
};

Ended run(const std::string& command) {
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
  return {::pclose(pipe), said};
}

class ExitTest : public testing::TestWithParam<const char*> {};

TEST_P(ExitTest, EndsWellWhileAThreadWorks) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers end a process their own way, and want to be preloaded first";
#endif
  for (int milliseconds = 5; milliseconds < 250; milliseconds += 16) {
    const Ended ended =
        run(std::string("exec env LD_PRELOAD=" RIGJIT_SLOW_END " " RIGJIT_EXIT_CHILD " ") +
            GetParam() + " " + std::to_string(milliseconds));
    EXPECT_EQ(ended.status, 0) << "after " << milliseconds << " ms";
    EXPECT_EQ(ended.said, "") << "after " << milliseconds << " ms";
  }
}

INSTANTIATE_TEST_SUITE_P(Work, ExitTest, testing::Values("load", "check", "use"),
                         [](const auto& work) { return std::string(work.param); });

TEST(ExitTest, LibraryRegistersNoDestructors) {
  const Ended ended = run(RIGJIT_NM " -D --undefined-only " RIGJIT_LIBRARY);
  ASSERT_EQ(ended.status, 0);
  EXPECT_NE(ended.said.find("malloc"), std::string::npos);
  EXPECT_EQ(ended.said.find("__cxa_atexit"), std::string::npos);
}

}  // namespace
}  // namespace rigjit
