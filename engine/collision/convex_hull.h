// Convex hulls of points, by qhull.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "collision/hull_data.h"

namespace rigjit::collision {

struct ConvexHull {
  std::vector<int32_t> vertices;  // those of the points that span it, ascending
  std::vector<Triangle> faces;    // of points, counter-clockwise from outside
};

// points: near the origin, of a size near 1, and not all in a plane. A failure is what qhull says.
[[nodiscard]] std::variant<ConvexHull, std::string> convex_hull(const std::vector<Point>& points);

}  // namespace rigjit::collision
