// IR of one program as text, for people.
#pragma once

#include <string>
#include <string_view>

#include "code/program.h"
#include "code/target.h"
#include "plan/plan.h"

namespace rigjit {

// Named after the spec; with a controller, only the instructions that work for it.
// Errors: "unknown-controller", and those of build_ir().
[[nodiscard]] Result<std::string> build_ir_text(const Plan& plan, Program program,
                                                const Target& target, std::string_view controller);

}  // namespace rigjit
