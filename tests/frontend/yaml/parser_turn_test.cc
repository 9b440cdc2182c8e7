// What yaml-cpp destroys at exit is made by the first ParserTurn, before the handler that waits.
#include "yaml/parser_turn.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "rigjit/load.h"

namespace {

std::atomic<int> yaml_destructors{0};

bool is_of_yaml_cpp(const void* address) {
  Dl_info info{};
  return ::dladdr(address, &info) != 0 && info.dli_fname != nullptr &&
         std::string(info.dli_fname).find("yaml-cpp") != std::string::npos;
}

}  // namespace

// Comes before glibc's for every library of this process.
extern "C" __attribute__((visibility("default"))) int __cxa_atexit(void (*destroy)(void*),
                                                                   void* object, void* library) {
  using Register = int (*)(void (*)(void*), void*, void*);
  static const auto glibcs = reinterpret_cast<Register>(::dlsym(RTLD_NEXT, "__cxa_atexit"));
  if (is_of_yaml_cpp(library)) ++yaml_destructors;
  return glibcs(destroy, object, library);
}

namespace rigjit {
namespace {

TEST(ParserTurnTest, NothingOfYamlCppIsMadeLater) {
  {
    const ParserTurn turn;
  }
  const int made = yaml_destructors;
  EXPECT_GT(made, 30);
  for (const char* folder : {"/configs", "/tests/bad_specs", "/tests/fuzz/corpus/spec"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(RIGJIT_SOURCE_DIR) + folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::ostringstream text;
      text << file.rdbuf();
      (void)check(SpecSource::text(text.str()));
      EXPECT_EQ(yaml_destructors, made) << entry.path();
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace rigjit
