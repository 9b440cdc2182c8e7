#include "collision/enumerate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "collision/geometry.h"

namespace rigjit::collision {
namespace {

constexpr double kMostEdgePairs = 2e7;
// With fewer, all are tried as normals; else those that the Gauss map says may be.
constexpr double kFewEdgePairs = 1e5;
// Of products of unit vectors, so that rounding rules no pair out.
constexpr double kLoose = 1e-9;

struct Edge {
  std::array<int32_t, 2> ends;
  Point direction;   // of unit length
  Point normals[2];  // of the faces beside it
};

// A hull in the world.
struct Solid {
  std::vector<Point> vertices;
  const std::vector<Triangle>& faces;
  std::vector<Point> normals;  // of the faces, of unit length; zero where a face has none
  std::vector<Edge> edges;
};

// Every edge once, with the faces on its sides.
std::vector<Edge> edges_of(const Solid& solid) {
  std::map<std::array<int32_t, 2>, std::size_t> left_of;  // face by directed edge
  for (std::size_t f = 0; f < solid.faces.size(); ++f) {
    const Triangle& face = solid.faces[f];
    for (std::size_t i = 0; i < 3; ++i) left_of[{face[i], face[(i + 1) % 3]}] = f;
  }
  std::vector<Edge> edges;
  for (const auto& [ends, face] : left_of) {
    const auto other = left_of.find({ends[1], ends[0]});
    const bool has_other = other != left_of.end();
    if (has_other && ends[0] > ends[1]) continue;
    edges.push_back({ends,
                     unit_vector(solid.vertices[ends[1]] - solid.vertices[ends[0]]),
                     {solid.normals[face], solid.normals[has_other ? other->second : face]}});
  }
  return edges;
}

Solid place(const HullData& hull, const Body& body, const Point& offset) {
  Solid solid{{}, hull.faces, {}, {}};
  const auto padded = static_cast<std::size_t>(body.vertices->padded);
  const double* m = body.linear;
  for (std::size_t i = 0; i < hull.points.size(); ++i) {
    const Point p{hull.doubles[i], hull.doubles[padded + i], hull.doubles[2 * padded + i]};
    solid.vertices.push_back(Point{m[0] * p[0] + m[1] * p[1] + m[2] * p[2],
                                   m[3] * p[0] + m[4] * p[1] + m[5] * p[2],
                                   m[6] * p[0] + m[7] * p[1] + m[8] * p[2]} +
                             offset);
  }
  const double volume = dot(cross({m[0], m[3], m[6]}, {m[1], m[4], m[7]}), {m[2], m[5], m[8]});
  const double sign = volume < 0 ? -1 : 1;  // a mirror turns faces over
  for (const Triangle& face : hull.faces) {
    const Point& p = solid.vertices[face[0]];
    solid.normals.push_back(
        sign * unit_vector(cross(solid.vertices[face[1]] - p, solid.vertices[face[2]] - p)));
  }
  solid.edges = edges_of(solid);
  return solid;
}

const Point& furthest(const std::vector<Point>& points, const Point& d) {
  return *std::ranges::max_element(points, {}, [&](const Point& p) { return dot(p, d); });
}

// The direction along which the Minkowski difference a - b ends soonest: some facet's normal, and
// so a normal of a face or of a pair of edges.
class LeastSupport {
 public:
  LeastSupport(const Solid& a, const Solid& b) : a_(a), b_(b) {}

  void try_normal(const Point& n) {
    if (!(dot(n, n) > 0.5)) return;
    const Point& p = furthest(a_.vertices, n);
    const double above = dot(p, n);
    // b's height along n must be low for this to be the least: most are given up early.
    double height = -std::numeric_limits<double>::infinity();
    const Point* lowest = nullptr;
    for (const Point& q : b_.vertices) {
      const double here = above - dot(q, n);
      if (here <= height) continue;
      height = here;
      lowest = &q;
      if (height >= least_) return;
    }
    least_ = height;
    normal_ = n;
    point_a_ = p;
    point_b_ = *lowest;
  }

  void try_all() {
    for (const Point& n : a_.normals) try_normal(n);
    for (const Point& n : b_.normals) try_normal(-1 * n);
    const auto pairs = static_cast<double>(a_.edges.size()) * static_cast<double>(b_.edges.size());
    for (const Edge& u : a_.edges) {
      for (const Edge& w : b_.edges) {
        if (pairs > kFewEdgePairs && !may_be_facet(u, w)) continue;
        const Point n = unit_vector(cross(u.direction, w.direction));
        try_normal(n);
        try_normal(-1 * n);
      }
    }
  }

  [[nodiscard]] double height() const { return least_; }

  void write(Answer& answer) const {
    // The point of a that is furthest along the normal, unless b's point lies over a's face.
    const Point foot = point_b_ + least_ * normal_;
    const bool is_over_face = is_inside(a_, foot);
    const Point point = is_over_face ? foot : point_a_;
    answer.distance = 0 - least_;
    std::ranges::copy(normal_, answer.normal);
    std::ranges::copy(point, answer.point_a);
    std::ranges::copy(point - least_ * normal_, answer.point_b);
  }

 private:
  // Whether the arcs between the normals at both edges cross, b's turned over: only then is their
  // parallelogram a facet of a - b.
  static bool may_be_facet(const Edge& u, const Edge& w) {
    const double side_c = -dot(w.normals[0], u.direction);
    const double side_d = -dot(w.normals[1], u.direction);
    const double side_a = dot(u.normals[0], w.direction);
    const double side_b = dot(u.normals[1], w.direction);
    return side_c * side_d <= kLoose && side_a * side_b <= kLoose;
  }

  // Whether a point is in a solid, or on it.
  static bool is_inside(const Solid& solid, const Point& p) {
    for (std::size_t i = 0; i < solid.faces.size(); ++i) {
      const Point& corner = solid.vertices[solid.faces[i][0]];
      if (dot(solid.normals[i], p - corner) > 1e-9 * (1 + length(corner))) return false;
    }
    return true;
  }

  const Solid& a_;
  const Solid& b_;
  double least_ = std::numeric_limits<double>::infinity();
  Point normal_{};
  Point point_a_{};
  Point point_b_{};
};

// The two points of hulls that are apart which are nearest to each other: a vertex and a face, or
// two edges.
class NearestPoints {
 public:
  NearestPoints(const Solid& a, const Solid& b) : a_(a), b_(b) {}

  void try_all() {
    for (const Point& p : a_.vertices) {
      for (const Triangle& face : b_.faces) take(p, nearest_on(b_, face, p));
    }
    for (const Point& p : b_.vertices) {
      for (const Triangle& face : a_.faces) take(nearest_on(a_, face, p), p);
    }
    for (const Edge& u : a_.edges) {
      for (const Edge& w : b_.edges) {
        try_edges(a_.vertices[u.ends[0]], a_.vertices[u.ends[1]], b_.vertices[w.ends[0]],
                  b_.vertices[w.ends[1]]);
      }
    }
  }

  // `separating`: the normal where they touch.
  void write(const Point& separating, Answer& answer) const {
    const Point way = q_ - p_;
    answer.distance = length(way);
    std::ranges::copy(answer.distance > 0 ? unit_vector(way) : separating, answer.normal);
    std::ranges::copy(p_, answer.point_a);
    std::ranges::copy(q_, answer.point_b);
  }

 private:
  void take(const Point& p, const Point& q) {
    const double squared = dot(q - p, q - p);
    if (squared >= squared_) return;
    squared_ = squared;
    p_ = p;
    q_ = q;
  }

  // Ericson, "Real-Time Collision Detection" (2005), 5.1.5.
  static Point nearest_on(const Solid& solid, const Triangle& face, const Point& p) {
    const Point& a = solid.vertices[face[0]];
    const Point ab = solid.vertices[face[1]] - a;
    const Point ac = solid.vertices[face[2]] - a;
    const Point ap = p - a;
    const double aa = dot(ab, ab);
    const double cc = dot(ac, ac);
    const double ac_ab = dot(ab, ac);
    const double d = dot(ab, ap);
    const double e = dot(ac, ap);
    const double area = aa * cc - ac_ab * ac_ab;
    if (area > 0) {
      const double u = (cc * d - ac_ab * e) / area;
      const double w = (aa * e - ac_ab * d) / area;
      if (u >= 0 && w >= 0 && u + w <= 1) return a + u * ab + w * ac;
    }
    const Point on_ab = nearest_on_segment(a, ab, p);
    const Point on_ac = nearest_on_segment(a, ac, p);
    const Point on_bc = nearest_on_segment(a + ab, ac - ab, p);
    const auto away = [&](const Point& q) { return dot(q - p, q - p); };
    const Point& two = away(on_ab) < away(on_ac) ? on_ab : on_ac;
    return away(two) < away(on_bc) ? two : on_bc;
  }

  static Point nearest_on_segment(const Point& from, const Point& way, const Point& p) {
    const double squared = dot(way, way);
    const double t = squared > 0 ? std::clamp(dot(way, p - from) / squared, 0.0, 1.0) : 0;
    return from + t * way;
  }

  // Where both inner points are nearest; ends are nearest to faces.
  void try_edges(const Point& p, const Point& p_end, const Point& q, const Point& q_end) {
    const Point u = p_end - p;
    const Point w = q_end - q;
    const Point r = p - q;
    const double uu = dot(u, u);
    const double ww = dot(w, w);
    const double uw = dot(u, w);
    const double area = uu * ww - uw * uw;
    if (!(area > 0)) return;
    const double s = (uw * dot(w, r) - ww * dot(u, r)) / area;
    const double t = (uu * dot(w, r) - uw * dot(u, r)) / area;
    if (s < 0 || s > 1 || t < 0 || t > 1) return;
    take(p + s * u, q + t * w);
  }

  const Solid& a_;
  const Solid& b_;
  double squared_ = std::numeric_limits<double>::infinity();
  Point p_{};
  Point q_{};
};

}  // namespace

bool enumerate(const HullData& hull_a, const Body& a, const HullData& hull_b, const Body& b,
               Answer& answer) {
  const Point apart{b.centre[0] - a.centre[0], b.centre[1] - a.centre[1],
                    b.centre[2] - a.centre[2]};
  const Solid solid_a = place(hull_a, a, {0, 0, 0});
  const Solid solid_b = place(hull_b, b, apart);
  if (static_cast<double>(solid_a.edges.size()) * static_cast<double>(solid_b.edges.size()) >
      kMostEdgePairs) {
    return false;
  }
  LeastSupport overlap(solid_a, solid_b);
  overlap.try_all();
  if (overlap.height() >= 0) {
    overlap.write(answer);
  } else {
    NearestPoints points(solid_a, solid_b);
    points.try_all();
    Answer separating;
    overlap.write(separating);
    points.write({separating.normal[0], separating.normal[1], separating.normal[2]}, answer);
  }
  return std::isfinite(answer.distance);
}

}  // namespace rigjit::collision
