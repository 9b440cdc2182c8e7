// The Plan as tables.
#pragma once

#include "plan/plan.h"
#include "rigjit/tables.h"

namespace rigjit {

[[nodiscard]] Tables tables_of(const Plan& plan);

}  // namespace rigjit
