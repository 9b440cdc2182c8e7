// Channels and what belongs to each, as dumps write them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "plan/plan.h"

namespace rigjit {

// "l_elbow_CTRL.rotateY"; control characters as \xNN.
[[nodiscard]] std::string name_of_channel(const Plan& plan, uint32_t channel);

// "head.rotateX..rotateZ", "head.rotateX..jaw.translateY"
[[nodiscard]] std::string names_of_channels(const Plan& plan, uint32_t first, uint32_t last);

// "scale: x_main_CTRL.translateX 25, l_armIKUpper_CTRL.scaleX 0.9"
template <class Number>
std::string text_by_channel(const Plan& plan, const char* what,
                            std::span<const std::pair<uint32_t, Number>> numbers);

}  // namespace rigjit
