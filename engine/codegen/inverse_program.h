// The program from values back to a vector, kVector.
#pragma once

#include "codegen/lanes/emitter.h"
#include "plan/plan.h"

namespace rigjit {

void emit_inverse_program(Emitter& e, const Plan& plan);

}  // namespace rigjit
