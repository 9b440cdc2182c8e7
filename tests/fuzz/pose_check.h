// What the targets of both forms of a pose do with it.
#pragma once

#include "fuzz_target.h"
#include "rigjit/pose.h"

namespace rigjit::fuzz {

// Bit 0 of the first byte of `input`: the rest pose for what is missing. Bit 1: an error for what
// the rig lacks. Bit 2: the form is detected, not said. The rest is the pose.
void check_pose(Bytes input, PoseOptions::Form form);

}  // namespace rigjit::fuzz
