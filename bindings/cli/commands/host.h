// What a bug report needs to know about the machine and the process.
#pragma once

#include <string>
#include <vector>

namespace rigjit::cli {

// Something that `rigjit info` says.
struct Fact {
  std::string name;  // "kernel"; the key in JSON
  std::string value;
};

// Processor and the features that targets ask for, kernel, libc. What cannot be told is left out.
std::vector<Fact> host_facts();

// The variables that change what rigjit does, of those that are set.
std::vector<Fact> environment_facts();

}  // namespace rigjit::cli
