// Distances as callers get them.
#pragma once

#include <algorithm>
#include <limits>

namespace rigjit::collision {

// What is finite stays finite.
[[nodiscard]] inline float to_float(double distance) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(distance, -kMost, kMost));
}

}  // namespace rigjit::collision
