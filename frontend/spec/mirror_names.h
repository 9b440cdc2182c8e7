// Which controller's name is the mirror image of which.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "spec/rig_spec.h"

namespace rigjit {

// They bound the time that looking for texts in names can take.
inline constexpr std::size_t kMaxMirrorPairs = 16;
inline constexpr std::size_t kMaxMirrorTextBytes = 64;

// `name` with every text of a pair replaced by the other one, from left to right, the longest text
// first. A text counts where it is not part of a longer word: words of ASCII letters end at
// anything else, and a capital begins one if a small letter is before or behind it, as in LeftArm
// and LArm.
[[nodiscard]] std::string mirrored_name(std::string_view name,
                                        const std::vector<MirrorSpec::Pair>& pairs);

}  // namespace rigjit
