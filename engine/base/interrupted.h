// What long work asks, to end early.
#pragma once

#include "rigjit/error.h"

namespace rigjit {

// Whether the caller wants this thread's work to end (rigjit/interruptible.h). Costs a load where
// nobody may want that, else a look at the clock.
[[nodiscard]] bool interrupted();

// Whether the caller may want that at all.
[[nodiscard]] bool may_be_interrupted();

// The error of work that ended for it: "interrupted".
[[nodiscard]] Error interrupted_error();

}  // namespace rigjit
