// Programs by the names that users give them.
#pragma once

#include <string>

#include "code/program.h"
#include "rigjit/result.h"

namespace rigjit {

// Those that one rig's users meet sooner or later; only streams need others.
inline constexpr Program kUsualPrograms[] = {Program::kMessage, Program::kValues, Program::kVector};

// "unknown-program" names the known ones.
[[nodiscard]] Result<Program> find_program(const std::string& name);

}  // namespace rigjit
