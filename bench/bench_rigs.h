// The rigs that the benchmarks measure; bench/medium_rig.py writes them when they are built.
#pragma once

#include <string>
#include <vector>

#include "rigjit/rig.h"

namespace rigjit::bench {

// name: "medium", "medium_50", "medium_float", "medium_typed", "affine". Ends the program if the
// file is missing.
std::string rig_text(const std::string& name);

// Compiled now, not cached. Ends the program if the spec is refused.
Rig compiled_rig(const std::string& name);

// A vector that the rig has a pose for, away from every special case.
std::vector<float> ordinary_vec(const Rig& rig);

}  // namespace rigjit::bench
