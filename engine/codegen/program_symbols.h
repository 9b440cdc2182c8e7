// What a module calls the functions of a program.
#pragma once

#include <string>

#include "code/program.h"

namespace rigjit {

struct ProgramSymbols {
  Program program = Program::kMessage;
  std::string kernel = "rigjit_kernel";
  // Of continuous programs: the state map of code/program.h.
  std::string state_map = "rigjit_state_map";
  // For measuring: parts of lanes hold one group each.
  bool one_group_a_part = false;
};

}  // namespace rigjit
