// The signed distance of two hulls from every feature of both, in double precision: what the
// solvers are compared with. Slow on purpose, and written apart from all of them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace rigjit::testing {

using Point = std::array<double, 3>;

// In the world. faces: triangles, outward or not.
struct Polytope {
  std::vector<Point> points;
  std::vector<std::array<int32_t, 3>> faces;
};

// Overlapping: minus the least height of the Minkowski difference over all normals of its facets,
// which are those of faces of either and products of edges of both. Apart: the least distance of a
// point and a triangle or of two edges.
[[nodiscard]] double distance_by_all_features(const Polytope& a, const Polytope& b);

}  // namespace rigjit::testing
