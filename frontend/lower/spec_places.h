// Which lines of a spec's files each part of its Plan comes from.
#pragma once

#include "plan/plan.h"
#include "plan/spec_places.h"
#include "spec/bases.h"

namespace rigjit {

// plan: of the spec.
[[nodiscard]] SpecPlaces spec_places(const ResolvedSpec& resolved, const Plan& plan);

}  // namespace rigjit
