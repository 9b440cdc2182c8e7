// The distance of two hulls that a direction separates, in double precision: Gilbert, Johnson and
// Keerthi again, with every feature of the simplex tried.
#pragma once

#include "collision/kernel/doubles.h"

namespace rigjit::collision::RIGJIT_COLLISION_LEVEL {

// Up to four poles, and what each contributes to the point of theirs that lies nearest to the
// origin.
struct Simplex {
  Pole poles[4];
  double shares[4];
  int count;
};

// Collects the best of a simplex's features.
class NearestFeature {
 public:
  explicit NearestFeature(const Simplex& simplex) : simplex_(simplex) {}

  void try_vertex(int i) { take(simplex_.poles[i].p, {i, 0, 0}, {1, 0, 0}, 1); }

  void try_edge(int i, int j) {
    const V3 from = simplex_.poles[i].p;
    const V3 way = simplex_.poles[j].p - from;
    const double length = dot(way, way);
    const double t = length > 0 ? -dot(from, way) / length : 0;
    if (t > 0 && t < 1) take(from + t * way, {i, j, 0}, {1 - t, t, 0}, 2);
  }

  void try_face(int i, int j, int k) {
    const V3 a = simplex_.poles[i].p;
    const V3 b = simplex_.poles[j].p - a;
    const V3 c = simplex_.poles[k].p - a;
    const V3 n = cross(b, c);
    const double area = dot(n, n);
    if (!(area > 0)) return;
    const double u = dot(cross(c, a), n) / area;
    const double w = dot(cross(a, b), n) / area;
    if (u > 0 && w > 0 && u + w < 1) {
      take((dot(n, a) / area) * n, {i, j, k}, {1 - u - w, u, w}, 3);
    }
  }

  // Leaves in the simplex what carries the nearest point.
  V3 keep(Simplex& simplex) const {
    Simplex kept{};
    kept.count = count_;
    for (int i = 0; i < count_; ++i) {
      kept.poles[i] = simplex_.poles[of_.i[i]];
      kept.shares[i] = shares_.s[i];
    }
    simplex = kept;
    return point_;
  }

 private:
  struct Three {
    int i[3];
  };
  struct Shares {
    double s[3];
  };

  void take(V3 point, Three of, Shares shares, int count) {
    const double squared = dot(point, point);
    if (!(squared < squared_)) return;
    squared_ = squared;
    point_ = point;
    of_ = of;
    shares_ = shares;
    count_ = count;
  }

  const Simplex& simplex_;
  double squared_ = __builtin_inf();
  V3 point_{};
  Three of_{};
  Shares shares_{};
  int count_ = 0;
};

// The nearest point; zero where the simplex holds the origin, which then stays whole.
inline V3 nearest_to_origin(Simplex& simplex) {
  const int n = simplex.count;
  NearestFeature best(simplex);
  for (int i = 0; i < n; ++i) best.try_vertex(i);
  for (int i = 0; i < n; ++i) {
    for (int j = i + 1; j < n; ++j) best.try_edge(i, j);
  }
  for (int i = 0; i < n; ++i) {
    for (int j = i + 1; j < n; ++j) {
      for (int k = j + 1; k < n; ++k) best.try_face(i, j, k);
    }
  }
  if (n == 4) {
    const V3 d = simplex.poles[3].p;
    const V3 a = simplex.poles[0].p - d;
    const V3 b = simplex.poles[1].p - d;
    const V3 c = simplex.poles[2].p - d;
    const double volume = dot(a, cross(b, c));
    const double u = -dot(d, cross(b, c)) / volume;
    const double v = -dot(d, cross(c, a)) / volume;
    const double w = -dot(d, cross(a, b)) / volume;
    if (volume != 0 && u >= 0 && v >= 0 && w >= 0 && u + v + w <= 1) return {0, 0, 0};
  }
  return best.keep(simplex);
}

inline void write_apart(const Pair& pair, const Simplex& simplex, V3 nearest, V3 separating,
                        Answer& answer) {
  const double distance = sqrt(dot(nearest, nearest));
  V3 a{};
  for (int i = 0; i < simplex.count; ++i) {
    a = a + simplex.shares[i] * pair.a.at(simplex.poles[i].a);
  }
  answer.distance = distance;
  put(answer.normal, distance > 0 ? (-1 / distance) * nearest : separating);
  put(answer.point_a, a);
  put(answer.point_b, a - nearest);
}

// `separating`: a direction of unit length along which all of the difference is negative, by at
// least `lower`. Whether the answer is certified to `gap`, a length.
inline bool solve_apart(const Pair& pair, V3 separating, double lower, double gap, Answer& answer) {
  constexpr int kMaxSteps = 64;
  constexpr double kRounding = 1e-13;  // of the size: nothing to gain below
  Simplex simplex{};
  simplex.poles[0] = pair.furthest_along(separating);
  simplex.shares[0] = 1;
  simplex.count = 1;
  V3 nearest = simplex.poles[0].p;
  for (int step = 0; step < kMaxSteps; ++step) {
    const double squared = dot(nearest, nearest);
    const double length = sqrt(squared);
    if (!(length > 0)) break;
    const Pole w = pair.furthest_along(-nearest);
    const double bound = dot(nearest, w.p) / length;
    lower = bound > lower ? bound : lower;
    if (length - lower <= kRounding * pair.size) break;
    bool is_known = false;
    for (int i = 0; i < simplex.count; ++i) {
      is_known |= simplex.poles[i].a == w.a && simplex.poles[i].b == w.b;
    }
    if (is_known) break;
    Simplex next = simplex;
    next.poles[next.count++] = w;
    const V3 v = nearest_to_origin(next);
    if (next.count == 4 || !(dot(v, v) < squared)) break;
    simplex = next;
    nearest = v;
  }
  write_apart(pair, simplex, nearest, separating, answer);
  return answer.distance - lower <= gap + kRounding * answer.distance;
}

}  // namespace rigjit::collision::RIGJIT_COLLISION_LEVEL
