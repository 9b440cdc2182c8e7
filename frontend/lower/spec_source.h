// Which lines of a spec's files each part of its Plan comes from.
#pragma once

#include "plan/plan.h"
#include "plan/spec_source.h"
#include "spec/bases.h"

namespace rigjit {

// plan: of the spec.
[[nodiscard]] SpecSource spec_source(const ResolvedSpec& resolved, const Plan& plan);

}  // namespace rigjit
