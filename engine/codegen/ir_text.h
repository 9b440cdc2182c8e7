// IR of one program as text, for people and for any LLVM.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "code/target.h"
#include "codegen/program_symbols.h"
#include "plan/plan.h"
#include "plan/spec_places.h"

namespace rigjit {

// The module that is compiled, with its values named after the spec and comments; with a
// controller, what works for it: its part of every function, with all that this is computed from,
// and the arithmetic that it shares with others. `source`: null where it is unknown.
// Errors: "unknown-controller", and those of build_ir().
[[nodiscard]] Result<std::string> build_ir_text(const Plan& plan,
                                                std::span<const ProgramSymbols> programs,
                                                const Target& target, std::string_view controller,
                                                const SpecPlaces* source);

// Lines for the head of a dump, without what makes them comments: what its kernels are.
[[nodiscard]] std::vector<std::string> head_lines(const Plan& plan,
                                                  std::span<const ProgramSymbols> programs,
                                                  const Target& target);

}  // namespace rigjit
