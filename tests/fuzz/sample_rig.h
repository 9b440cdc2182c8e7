// The rig whose poses and files the targets read.
#pragma once

#include "rigjit/rig.h"

namespace rigjit::fuzz {

// Has every kind of channel and names that JSON must escape. Compiled once, never cached.
[[nodiscard]] const Rig& sample_rig();

}  // namespace rigjit::fuzz
