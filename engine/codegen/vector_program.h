// The program from values back to a vector, kVector.
#pragma once

#include "codegen/lanes/emitter.h"
#include "codegen/program_symbols.h"
#include "plan/plan.h"

namespace rigjit {

void emit_vector_program(Emitter& e, const Plan& plan, const ProgramSymbols& symbols);

}  // namespace rigjit
