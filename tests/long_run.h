// $RIGJIT_LONG_TESTS=1: tests that draw at random go on for minutes instead of seconds.
#pragma once

#include <cstdlib>
#include <string_view>

namespace rigjit::testing {

inline bool is_long_run() {
  const char* value = std::getenv("RIGJIT_LONG_TESTS");
  return value != nullptr && std::string_view(value) == "1";
}

}  // namespace rigjit::testing
