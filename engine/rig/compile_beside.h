// Compiling while somebody may want it to end.
#pragma once

#include <memory>

#include "code/code_image.h"
#include "code/program.h"
#include "code/target.h"
#include "plan/plan.h"
#include "rigjit/result.h"

namespace rigjit {

// compile(), which LLVM does not leave before it is done: a second for some 50,000 values. Where
// the caller may want its work to end (rigjit/interruptible.h) and the plan is long, another thread
// compiles, and "interrupted" is returned as soon as the caller wants that; the thread then goes on
// to its end for nobody. The calling thread holds a NoFork. Errors and exceptions: compile()'s.
[[nodiscard]] Result<CodeImage> compile_beside(std::shared_ptr<const Plan> plan, Program program,
                                               const Target& target);

}  // namespace rigjit
