#include "engine/collision/all_features.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace rigjit::testing {
namespace {

Point minus(const Point& a, const Point& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
Point plus(const Point& a, double s, const Point& b) {
  return {a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]};
}
double product(const Point& a, const Point& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Point across(const Point& a, const Point& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

struct Segment {
  Point from;
  Point way;
};

std::vector<Segment> edges_of(const Polytope& polytope) {
  std::set<std::pair<int32_t, int32_t>> ends;
  for (const auto& face : polytope.faces) {
    for (std::size_t i = 0; i < 3; ++i) {
      ends.insert(std::minmax(face[i], face[(i + 1) % 3]));
    }
  }
  std::vector<Segment> edges;
  for (const auto& [i, j] : ends) {
    const Point& from = polytope.points[static_cast<std::size_t>(i)];
    edges.push_back({from, minus(polytope.points[static_cast<std::size_t>(j)], from)});
  }
  return edges;
}

double highest(const std::vector<Point>& points, const Point& n) {
  double height = -std::numeric_limits<double>::infinity();
  for (const Point& p : points) height = std::max(height, product(p, n));
  return height;
}

// Of the difference a - b along n, either way; n need not be of unit length.
double least_height(const Polytope& a, const Polytope& b, const Point& n) {
  const double length = std::sqrt(product(n, n));
  if (!(length > 0)) return std::numeric_limits<double>::infinity();
  const Point unit = plus({}, 1 / length, n);
  const Point back = plus({}, -1, unit);
  return std::min(highest(a.points, unit) + highest(b.points, back),
                  highest(a.points, back) + highest(b.points, unit));
}

double to_segment(const Point& p, const Segment& segment) {
  const double squared = product(segment.way, segment.way);
  const double t =
      squared > 0 ? std::clamp(product(minus(p, segment.from), segment.way) / squared, 0.0, 1.0)
                  : 0;
  const Point off = minus(plus(segment.from, t, segment.way), p);
  return std::sqrt(product(off, off));
}

// Inside the triangle's prism: its boundary is left to the edges.
double to_inside(const Point& p, const Point& a, const Point& b, const Point& c) {
  const Point n = across(minus(b, a), minus(c, a));
  const double area = product(n, n);
  if (!(area > 0)) return std::numeric_limits<double>::infinity();
  for (const auto& [from, to] : {std::pair(a, b), std::pair(b, c), std::pair(c, a)}) {
    if (product(across(minus(to, from), minus(p, from)), n) < 0) {
      return std::numeric_limits<double>::infinity();
    }
  }
  return std::abs(product(minus(p, a), n)) / std::sqrt(area);
}

double between(const Segment& s, const Segment& t) {
  const Point r = minus(s.from, t.from);
  const double ss = product(s.way, s.way);
  const double tt = product(t.way, t.way);
  const double st = product(s.way, t.way);
  const double area = ss * tt - st * st;
  if (!(area > 0)) return std::numeric_limits<double>::infinity();
  const double u = (st * product(t.way, r) - tt * product(s.way, r)) / area;
  const double w = (ss * product(t.way, r) - st * product(s.way, r)) / area;
  if (u < 0 || u > 1 || w < 0 || w > 1) return std::numeric_limits<double>::infinity();
  const Point off = minus(plus(s.from, u, s.way), plus(t.from, w, t.way));
  return std::sqrt(product(off, off));
}

double points_to_faces(const Polytope& a, const Polytope& b, const std::vector<Segment>& edges) {
  double least = std::numeric_limits<double>::infinity();
  for (const Point& p : a.points) {
    for (const auto& face : b.faces) {
      least = std::min(least, to_inside(p, b.points[static_cast<std::size_t>(face[0])],
                                        b.points[static_cast<std::size_t>(face[1])],
                                        b.points[static_cast<std::size_t>(face[2])]));
    }
    for (const Segment& edge : edges) least = std::min(least, to_segment(p, edge));
  }
  return least;
}

Point normal_of(const Polytope& polytope, const std::array<int32_t, 3>& face) {
  const Point& a = polytope.points[static_cast<std::size_t>(face[0])];
  return across(minus(polytope.points[static_cast<std::size_t>(face[1])], a),
                minus(polytope.points[static_cast<std::size_t>(face[2])], a));
}

}  // namespace

double distance_by_all_features(const Polytope& a, const Polytope& b) {
  const std::vector<Segment> edges_a = edges_of(a);
  const std::vector<Segment> edges_b = edges_of(b);
  double height = std::numeric_limits<double>::infinity();
  for (const auto& face : a.faces)
    height = std::min(height, least_height(a, b, normal_of(a, face)));
  for (const auto& face : b.faces)
    height = std::min(height, least_height(a, b, normal_of(b, face)));
  for (const Segment& s : edges_a) {
    for (const Segment& t : edges_b) {
      const double sine = product(across(s.way, t.way), across(s.way, t.way)) /
                          (product(s.way, s.way) * product(t.way, t.way));
      // The product of nearly parallel edges is rounding alone; faces have their normals.
      if (sine < 1e-20) continue;
      height = std::min(height, least_height(a, b, across(s.way, t.way)));
    }
  }
  if (height >= 0) return -height;
  double least = std::min(points_to_faces(a, b, edges_b), points_to_faces(b, a, edges_a));
  for (const Segment& s : edges_a) {
    for (const Segment& t : edges_b) least = std::min(least, between(s, t));
  }
  return least;
}

}  // namespace rigjit::testing
