// What this build of rigjit is and which machines it makes code for.
#pragma once

#include <string>
#include <vector>

#include "rigjit/export.h"

namespace rigjit {

struct About {
  struct Target {
    std::string name;  // what LoadOptions::target takes
    bool runs_here;    // whether this machine can run code made for it
    bool is_default;   // what a load compiles for when no target is named
  };

  std::string version;
  std::string build;            // 32 hexadecimal digits; cached code is of one build
  std::string llvm_version;     // of the LLVM inside the library
  std::vector<Target> targets;  // best first
};

[[nodiscard]] RIGJIT_EXPORT About about();

}  // namespace rigjit
