// The programs from a vector: to its message or its values, frame by frame or continuously.
#pragma once

#include "code/program.h"
#include "codegen/lanes/emitter.h"
#include "codegen/program_symbols.h"
#include "plan/layout.h"
#include "plan/plan.h"

namespace rigjit {

// Any program but kVector. layout: the plan's; of programs that write no message, empty.
void emit_forward_program(Emitter& e, const Plan& plan, const ProgramSymbols& symbols,
                          const MessageLayout& layout);

}  // namespace rigjit
