#include "collision/hull_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "collision/geometry.h"

namespace rigjit::collision {
namespace {

// What rounding to float32 and in the sums may take from a bound.
constexpr double kUp = 1.000001;

void set_local_space(HullData& hull) {
  Point low = hull.points[0];
  Point high = low;
  for (const Point& p : hull.points) {
    for (int i = 0; i < 3; ++i) {
      low[i] = std::min(low[i], p[i]);
      high[i] = std::max(high[i], p[i]);
    }
  }
  double half_diagonal = 0;
  for (int i = 0; i < 3; ++i) {
    hull.centre[i] = low[i] / 2 + high[i] / 2;
    half_diagonal = std::hypot(half_diagonal, high[i] / 2 - low[i] / 2);
  }
  hull.unit = std::exp2(std::ceil(std::log2(half_diagonal)));
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

double thickness_of(const HullData& hull) {
  double least = std::numeric_limits<double>::infinity();
  for (const Triangle& face : hull.faces) {
    const Point a = local_vertex(hull, face[0]);
    const Point normal =
        unit_vector(cross(local_vertex(hull, face[1]) - a, local_vertex(hull, face[2]) - a));
    double depth = 0;
    for (std::size_t i = 0; i < hull.points.size(); ++i) {
      depth = std::max(depth, dot(normal, a - local_vertex(hull, i)));
    }
    if (depth > 0) least = std::min(least, depth);
  }
  return least * hull.unit;
}

double size_of(const HullData& hull) {
  double squared = 0;
  for (std::size_t i = 0; i < hull.points.size(); ++i) {
    const Point a = local_vertex(hull, i);
    for (std::size_t j = 0; j < i; ++j) {
      const Point way = local_vertex(hull, j) - a;
      squared = std::max(squared, dot(way, way));
    }
  }
  return std::sqrt(squared) * hull.unit;
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
  hull->size = size_of(*hull);
  return hull;
}

}  // namespace rigjit::collision
