// The C header of a rig's emitted code.
#pragma once

#include <span>
#include <string>

#include "codegen/link/compile.h"
#include "rigjit/rig.h"

namespace rigjit {

struct CHeader {
  const Rig& rig;
  std::string prefix;
  std::string target;
  std::span<const ProgramSymbols> programs;
  uint32_t state_floats = 0;  // of continuous programs
};

// Errors: "name-clash".
[[nodiscard]] Result<std::string> c_header(const CHeader& header);

}  // namespace rigjit
