#include "collision/hull_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "collision/geometry.h"

namespace rigjit::collision {
namespace {

// What rounding to float32 and in the sums may take from a bound.
constexpr double kUp = 1.000001;

// Also sets the size.
void set_local_space(HullData& hull) {
  Point low = hull.points[0];
  Point high = low;
  for (const Point& p : hull.points) {
    for (std::size_t i = 0; i < 3; ++i) {
      low[i] = std::min(low[i], p[i]);
      high[i] = std::max(high[i], p[i]);
    }
  }
  hull.centre = 0.5 * low + 0.5 * high;
  hull.size = 2 * length(0.5 * high - 0.5 * low);
  hull.unit = std::exp2(std::ceil(std::log2(hull.size / 2)));
}

void fill_vertices(HullData& hull) {
  const auto count = hull.points.size();
  const std::size_t padded = (count + kVertexPadding - 1) / kVertexPadding * kVertexPadding;
  hull.floats.resize(3 * padded);
  hull.doubles.resize(3 * padded);
  for (std::size_t i = 0; i < padded; ++i) {
    const Point& p = hull.points[i < count ? i : 0];
    double squared = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double local = (p[axis] - hull.centre[axis]) / hull.unit;
      hull.doubles[axis * padded + i] = local;
      hull.floats[axis * padded + i] = static_cast<float>(local);
      squared += local * local;
      hull.vertices.half_box[axis] =
          std::max(hull.vertices.half_box[axis], static_cast<float>(std::abs(local) * kUp));
    }
    hull.radius = std::max(hull.radius, std::sqrt(squared) * kUp);
  }
  hull.vertices.floats = hull.floats.data();
  hull.vertices.doubles = hull.doubles.data();
  hull.vertices.count = static_cast<int32_t>(count);
  hull.vertices.padded = static_cast<int32_t>(padded);
}

Point local_vertex(const HullData& hull, std::size_t i) {
  const auto padded = static_cast<std::size_t>(hull.vertices.padded);
  return {hull.doubles[i], hull.doubles[padded + i], hull.doubles[2 * padded + i]};
}

// Finds the furthest vertices by walking from neighbour to neighbour: on a convex hull every way up
// leads to the top, and the next question's answer is near the last one's.
class Walker {
 public:
  explicit Walker(const HullData& hull) : hull_(hull), neighbours_(hull.points.size()) {
    for (const Triangle& face : hull.faces) {
      for (std::size_t i = 0; i < 3; ++i) {
        neighbours_[static_cast<std::size_t>(face[i])].push_back(face[(i + 1) % 3]);
      }
    }
    at_ = static_cast<std::size_t>(hull.faces.front()[0]);
  }

  // Along d.
  double highest(const Point& d) {
    double height = dot(local_vertex(hull_, at_), d);
    for (bool is_top = false; !is_top;) {
      is_top = true;
      for (const int32_t neighbour : neighbours_[at_]) {
        const auto i = static_cast<std::size_t>(neighbour);
        const double there = dot(local_vertex(hull_, i), d);
        if (!(there > height)) continue;
        height = there;
        at_ = i;
        is_top = false;
        break;
      }
    }
    return height;
  }

 private:
  const HullData& hull_;
  std::vector<std::vector<int32_t>> neighbours_;
  std::size_t at_;
};

double thickness_of(const HullData& hull) {
  Walker walker(hull);
  double least = std::numeric_limits<double>::infinity();
  for (const Triangle& face : hull.faces) {
    const Point a = local_vertex(hull, static_cast<std::size_t>(face[0]));
    const Point normal =
        unit_vector(cross(local_vertex(hull, static_cast<std::size_t>(face[1])) - a,
                          local_vertex(hull, static_cast<std::size_t>(face[2])) - a));
    const double depth = dot(normal, a) + walker.highest(-1 * normal);
    if (dot(normal, normal) > 0) least = std::min(least, depth);
  }
  return least * hull.unit;
}

}  // namespace

std::shared_ptr<const HullData> make_hull_data(std::vector<Point> vertices,
                                               std::vector<Triangle> faces) {
  auto hull = std::make_shared<HullData>();
  hull->points = std::move(vertices);
  hull->faces = std::move(faces);
  set_local_space(*hull);
  fill_vertices(*hull);
  hull->thickness = thickness_of(*hull);
  return hull;
}

}  // namespace rigjit::collision
