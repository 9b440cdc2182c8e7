#include "collision/point_cloud.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "collision/convex_hull.h"
#include "collision/error_text.h"
#include "collision/geometry.h"

namespace rigjit::collision {
namespace {

// Of the size: thinner hulls have no inside to speak of.
constexpr double kFlat = 1e-6;
// Products of six coordinates are finite below.
constexpr double kMaxCoordinate = 1e150;

// "hull 'hand_l': "
std::string prefix(const std::string& name) {
  return name.empty() ? "" : "hull " + quoted(name) + ": ";
}

Error problem(const char* code, const std::string& name, const std::string& what) {
  Error error = make_error(code, prefix(name) + what);
  if (!name.empty()) error.path = name;
  return error;
}

Error flat_hull(const std::string& name, double thickness, double size) {
  return problem("flat-hull", name,
                 "its points lie in a plane, a line or a point: it is " + short_number(thickness) +
                     " thick and " + short_number(size) +
                     " long; a hull needs a thickness of at least 1e-6 of its length");
}

std::optional<Error> first_bad_number(const double* points, std::size_t count,
                                      const std::string& name) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double x = points[3 * i + axis];
      if (std::isfinite(x) && std::abs(x) <= kMaxCoordinate) continue;
      const std::string point =
          "point " + std::to_string(i) + " is (" + short_number(points[3 * i]) + ", " +
          short_number(points[3 * i + 1]) + ", " + short_number(points[3 * i + 2]) + ")";
      return std::isfinite(x) ? problem("points-too-large", name, point + ", beyond 1e150")
                              : problem("not-finite", name, point);
    }
  }
  return std::nullopt;
}

// Along a direction, from the lowest point to the highest.
double extent_along(const std::vector<Point>& points, const Point& direction) {
  double low = dot(points[0], direction);
  double high = low;
  for (const Point& p : points) {
    low = std::min(low, dot(p, direction));
    high = std::max(high, dot(p, direction));
  }
  return high - low;
}

template <typename Measure>
const Point& furthest(const std::vector<Point>& points, Measure measure) {
  return *std::ranges::max_element(points, {}, measure);
}

// Of points near the origin and of a size near 1: the extent off the plane through the points that
// are furthest from each other.
double thickness_of(const std::vector<Point>& points) {
  const Point from = furthest(points, [](const Point& p) { return dot(p, p); });
  const Point to = furthest(points, [&](const Point& p) { return dot(p - from, p - from); });
  const Point line = unit_vector(to - from);
  const auto off_line = [&](const Point& p) { return cross(line, p - from); };
  const Point side =
      furthest(points, [&](const Point& p) { return dot(off_line(p), off_line(p)); });
  const Point normal = off_line(side);
  if (length(normal) < kFlat * kFlat) return length(normal);
  return extent_along(points, unit_vector(normal));
}

// The largest distance from the point that is furthest from the origin.
double extent_of(const std::vector<Point>& points) {
  const Point from = furthest(points, [](const Point& p) { return dot(p, p); });
  return length(furthest(points, [&](const Point& p) { return dot(p - from, p - from); }) - from);
}

// Moves points to the origin and scales them to a size near 1, by a power of two.
double normalise(std::vector<Point>& points) {
  Point low = points[0];
  Point high = low;
  for (const Point& p : points) {
    for (std::size_t i = 0; i < 3; ++i) {
      low[i] = std::min(low[i], p[i]);
      high[i] = std::max(high[i], p[i]);
    }
  }
  const double size = length(0.5 * high - 0.5 * low) * 2;
  if (!(size > 0)) return 0;
  const Point centre = 0.5 * low + 0.5 * high;
  const double unit = std::exp2(std::ceil(std::log2(size)));
  for (Point& p : points) p = (1 / unit) * (p - centre);
  return unit;
}

// The vertices alone, until qhull finds that all of them are: a hull that is read back from its
// vertices is then the same.
Result<std::shared_ptr<const HullData>> settle(std::vector<Point> given, std::vector<Point> points,
                                               double unit, const std::string& name) {
  for (int round = 0;; ++round) {
    std::variant<ConvexHull, std::string> made = convex_hull(points);
    if (const auto* words = std::get_if<std::string>(&made)) {
      const double thickness = thickness_of(points);
      if (thickness < 2 * kFlat) return flat_hull(name, thickness * unit, extent_of(points) * unit);
      return problem("no-hull", name, "qhull finds no convex hull: " + *words);
    }
    auto& [vertices, faces] = std::get<ConvexHull>(made);
    constexpr int kRounds = 4;
    if (vertices.size() == points.size() || round == kRounds) {
      return make_hull_data(std::move(given), std::move(faces));
    }
    std::vector<Point> kept_given;
    std::vector<Point> kept;
    for (const int32_t i : vertices) {
      kept_given.push_back(given[static_cast<std::size_t>(i)]);
      kept.push_back(points[static_cast<std::size_t>(i)]);
    }
    given = std::move(kept_given);
    points = std::move(kept);
  }
}

}  // namespace

Result<std::shared_ptr<const HullData>> hull_of_points(const double* points, std::size_t count,
                                                       const std::string& name) {
  if (std::optional<Error> error = first_bad_number(points, count, name)) return *error;
  if (count < 4) {
    return problem("too-few-points", name,
                   "it has " + std::to_string(count) + (count == 1 ? " point" : " points") +
                       "; a hull needs at least 4");
  }
  if (count > INT32_MAX)
    return problem("too-many-points", name, "it has more than 2147483647 points");
  std::vector<Point> given(count);
  for (std::size_t i = 0; i < count; ++i) {
    given[i] = {points[3 * i], points[3 * i + 1], points[3 * i + 2]};
  }
  std::vector<Point> normalised = given;
  const double unit = normalise(normalised);
  if (unit == 0) return flat_hull(name, 0, 0);
  if (const double thickness = thickness_of(normalised); thickness < kFlat / 2) {
    return flat_hull(name, thickness * unit, extent_of(normalised) * unit);
  }
  Result<std::shared_ptr<const HullData>> hull =
      settle(std::move(given), std::move(normalised), unit, name);
  if (hull.ok() && (*hull)->thickness < kFlat * (*hull)->size) {
    return flat_hull(name, (*hull)->thickness, (*hull)->size);
  }
  return hull;
}

}  // namespace rigjit::collision
