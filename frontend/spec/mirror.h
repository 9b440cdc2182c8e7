// The key `mirror`: what the mirror image of a pose is.
#pragma once

#include <vector>

#include "spec/report.h"
#include "spec/rig_spec.h"
#include "spec/value.h"

namespace rigjit {

// A file's mirror, and where its parts stand.
struct MirrorBlock {
  MirrorSpec spec;
  Place place;
  std::vector<Place> overrides;  // those of spec.controllers
};

// The value of the key. Without mistakes only if none is reported.
[[nodiscard]] MirrorBlock read_mirror(Report& report, const Value& value);

// Finds the partners of all controllers of a spec without mistakes: fills `mirrored`. Reports
// overrides of what is not there, and partners that cannot be.
void resolve_mirror(const MirrorBlock& block, RigSpec& spec, Report& report);

}  // namespace rigjit
