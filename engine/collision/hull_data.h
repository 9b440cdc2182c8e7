// What a hull is, ready for the kernels.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collision/kernel/kernel.h"
#include "rigjit/collision.h"

namespace rigjit::collision {

using Point = std::array<double, 3>;
using Triangle = std::array<int32_t, 3>;

struct HullData {
  std::vector<Point> points;    // as they were given
  std::vector<Triangle> faces;  // outward
  double thickness = 0;
  double size = 0;

  // A vertex is centre + unit * local, and no local one is longer than `radius`, which is near 1.
  Point centre{};
  double unit = 1;  // a power of two
  double radius = 0;
  std::vector<float> floats;
  std::vector<double> doubles;
  Vertices vertices{};  // views of these two
};

struct HullsData {
  std::vector<std::string> names;
  std::vector<Hull> hulls;
  std::unordered_map<std::string_view, std::size_t> places;  // views of names
};

// From vertices that all span the hull, and its faces.
[[nodiscard]] std::shared_ptr<const HullData> make_hull_data(std::vector<Point> vertices,
                                                             std::vector<Triangle> faces);

}  // namespace rigjit::collision
