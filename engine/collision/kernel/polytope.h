// Whether two hulls overlap, and how deep, in double precision: a polytope inside the Minkowski
// difference is expanded where its face of the least signed offset is, until the difference itself
// ends there. It may begin anywhere in the difference and need not hold the origin, so that nothing
// depends on what another search has found. Van den Bergen's expanding polytope ("Proximity queries
// and penetration depth computation on 3D game objects", GDC 2001), but for the beginning.
#pragma once

#include "collision/kernel/doubles.h"

namespace rigjit::collision::RIGJIT_COLLISION_LEVEL {

template <class Memory>
class Polytope {
 public:
  struct Face {
    V3 normal;
    double offset;
  };

  Polytope(const Pair& pair, Memory& memory) : pair_(pair), m_(memory) {}

  // A tetrahedron that is not flat, with a corner far along `first`, a direction. False where the
  // difference itself is flat.
  bool begin(V3 first) {
    points_ = 0;
    faces_ = 0;
    Pole poles[4];
    if (!try_corners(first, poles)) choose_corners(poles);
    const V3 a = poles[1].p - poles[0].p;
    const V3 b = poles[2].p - poles[0].p;
    const V3 c = poles[3].p - poles[0].p;
    const bool is_left = dot(cross(a, b), c) > 0;
    add_point(poles[0]);
    add_point(poles[is_left ? 2 : 1]);
    add_point(poles[is_left ? 1 : 2]);
    add_point(poles[3]);
    faces_ = 4;
    return make_face(0, 0, 1, 2) && make_face(1, 0, 3, 1) && make_face(2, 1, 3, 2) &&
           make_face(3, 2, 3, 0);
  }

  // The first of the least offset; negative: the origin is outside.
  [[nodiscard]] int lowest() const {
    Doubles low = splat(m_.offset[0]);
    int i = 0;
    for (; i + kDoubles <= faces_; i += kDoubles) low = min(load_doubles(m_.offset + i), low);
    double least = m_.offset[0];
    for (int lane = 0; lane < kDoubles; ++lane) least = min(low[lane], least);
    for (; i < faces_; ++i) least = min(m_.offset[i], least);
    int first = 0;
    while (m_.offset[first] != least) ++first;
    return first;
  }

  [[nodiscard]] Face face(int i) const { return {normal(i), m_.offset[i]}; }

  // False where that fails: it lies in the polytope, memory is full, or faces are too small.
  bool expand(const Pole& pole) {
    if (points_ == Memory::kMaxPoints) return false;
    const int visible = find_visible(pole.p);
    if (visible == 0) return false;
    const int rim = find_horizon(visible);
    if (rim < 3 || faces_ - visible + rim > Memory::kMaxFaces - kDoubles) return false;
    const int corner = add_point(pole);
    for (int i = 0; i < rim; ++i) {
      const int slot = i < visible ? m_.visible[i] : faces_++;
      if (!make_face(slot, m_.horizon[i][0], m_.horizon[i][1], corner)) return false;
    }
    for (int i = visible - 1; i >= rim; --i) move_last_to(m_.visible[i]);
    return true;
  }

  // Whether it is closed: Euler's formula for triangles.
  [[nodiscard]] bool is_closed() {
    const uint32_t mark = ++m_.stamp;
    int used = 0;
    for (int i = 0; i < faces_; ++i) {
      for (const uint16_t corner : m_.corners[i]) {
        used += m_.edge_stamp[corner][corner] != mark;
        m_.edge_stamp[corner][corner] = mark;
      }
    }
    return faces_ == 2 * used - 4;
  }

  // The difference's boundary is the plane of face `found` at `height`. Of the faces in that plane
  // the one that holds the foot of the origin gives the points.
  void write(int found, double height, double slack, Answer& answer) const {
    Foot best = foot_on(found);
    int holder = found;
    for (int i = 0; i < faces_; ++i) {
      if (m_.offset[i] > m_.offset[found] + slack || dot(normal(i), normal(found)) < kSamePlane) {
        continue;
      }
      const Foot foot = foot_on(i);
      if (foot.least() > best.least()) {
        best = foot;
        holder = i;
      }
    }
    best.clamp_shares();
    V3 a{};
    for (int i = 0; i < 3; ++i) a = a + best.shares[i] * pair_.a.at(m_.of_a[m_.corners[holder][i]]);
    const V3 n = normal(found);
    answer.distance = 0 - height;
    put(answer.normal, n);
    put(answer.point_a, a);
    put(answer.point_b, a - height * n);
  }

 private:
  // Cosine of the angle within which faces lie in one plane.
  static constexpr double kSamePlane = 1 - 1e-12;
  // A pole this far outside a face, of the size, sees it.
  static constexpr double kOutside = 1e-13;
  // Six times the volume of a tetrahedron to begin with, of the size to the third.
  static constexpr double kFat = 1e-2;
  // Of the size to the fourth: twice the area of a face, squared, below which it has no direction.
  static constexpr double kLeastArea = 1e-24;

  struct Foot {
    double shares[3];

    [[nodiscard]] double least() const {
      const double two = shares[0] < shares[1] ? shares[0] : shares[1];
      return two < shares[2] ? two : shares[2];
    }
    void clamp_shares() {
      double sum = 0;
      for (double& share : shares) sum += share = clamp(share);
      for (double& share : shares) share = sum > 0 ? share / sum : 1.0 / 3;
    }
  };

  [[nodiscard]] V3 normal(int i) const {
    return {m_.normal[0][i], m_.normal[1][i], m_.normal[2][i]};
  }
  [[nodiscard]] V3 point(int i) const {
    return {m_.points[i][0], m_.points[i][1], m_.points[i][2]};
  }

  int add_point(const Pole& pole) {
    put(m_.points[points_], pole.p);
    m_.of_a[points_] = pole.a;
    m_.of_b[points_] = pole.b;
    return points_++;
  }

  bool make_face(int slot, int i, int j, int k) {
    const V3 p = point(i);
    const V3 q = point(j);
    const V3 r = point(k);
    const V3 n = cross(q - p, r - p);
    const double squared = dot(n, n);
    const double area = pair_.size * pair_.size;
    if (!(squared > kLeastArea * area * area)) return false;
    const V3 unit = (1 / sqrt(squared)) * n;
    const double heights[3] = {dot(unit, p), dot(unit, q), dot(unit, r)};
    const double two = heights[0] > heights[1] ? heights[0] : heights[1];
    m_.normal[0][slot] = unit.x;
    m_.normal[1][slot] = unit.y;
    m_.normal[2][slot] = unit.z;
    m_.offset[slot] = two > heights[2] ? two : heights[2];
    m_.corners[slot][0] = static_cast<uint16_t>(i);
    m_.corners[slot][1] = static_cast<uint16_t>(j);
    m_.corners[slot][2] = static_cast<uint16_t>(k);
    return true;
  }

  // Few questions, and good enough for most.
  bool try_corners(V3 first, Pole (&poles)[4]) const {
    poles[0] = pair_.furthest_along(first);
    poles[1] = pair_.furthest_along(-first);
    const V3 line = poles[1].p - poles[0].p;
    const V3 side = absolute(line.x) < absolute(line.y) ? V3{1, 0, 0} : V3{0, 1, 0};
    poles[2] = pair_.furthest_along(cross(line, side));
    const V3 up = cross(line, poles[2].p - poles[0].p);
    poles[3] = pair_.furthest_along(up);
    const double volume = pair_.size * pair_.size * pair_.size;
    if (absolute(dot(up, poles[3].p - poles[0].p)) > kFat * volume) return true;
    poles[3] = pair_.furthest_along(-up);
    return absolute(dot(up, poles[3].p - poles[0].p)) > kFat * volume;
  }

  // The furthest from each other along the axes, then from their line, then from that plane.
  void choose_corners(Pole (&poles)[4]) const {
    const V3 axes[6] = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
    double longest = -1;
    for (int i = 0; i < 3; ++i) {
      const Pole p = pair_.furthest_along(axes[2 * i]);
      const Pole q = pair_.furthest_along(axes[2 * i + 1]);
      const V3 way = q.p - p.p;
      if (!(dot(way, way) > longest)) continue;
      longest = dot(way, way);
      poles[0] = p;
      poles[1] = q;
    }
    const V3 line = (1 / sqrt(longest)) * (poles[1].p - poles[0].p);
    const V3 side = absolute(line.x) < absolute(line.y) ? V3{1, 0, 0} : V3{0, 1, 0};
    const V3 u = cross(line, side);
    const V3 w = cross(line, u);
    double widest = -1;
    const V3 sides[4] = {u, -u, w, -w};
    for (const V3 d : sides) {
      const Pole q = pair_.furthest_along(d);
      const V3 off = cross(line, q.p - poles[0].p);
      if (!(dot(off, off) > widest)) continue;
      widest = dot(off, off);
      poles[2] = q;
    }
    const V3 up = cross(line, poles[2].p - poles[0].p);
    const Pole above = pair_.furthest_along(up);
    const Pole below = pair_.furthest_along(-up);
    const double height = absolute(dot(up, above.p - poles[0].p));
    poles[3] = height > absolute(dot(up, below.p - poles[0].p)) ? above : below;
  }

  int find_visible(V3 p) {
    const double least = kOutside * pair_.size;
    const Columns normals{m_.normal[0], Memory::kMaxFaces};
    int count = 0;
    for (int i = 0; i < faces_; i += kDoubles) {
      const Doubles height = normals.heights(i, p) - load_doubles(m_.offset + i);
      for (uint32_t seen = bits_above(height, least); seen != 0; seen &= seen - 1) {
        const int face = i + __builtin_ctz(seen);
        if (face < faces_) m_.visible[count++] = face;
      }
    }
    return count;
  }

  static RIGJIT_INLINE uint32_t bits_above(Doubles heights, double least) {
#if defined(__AVX512F__)
    return _mm512_cmp_pd_mask((__m512d)heights, _mm512_set1_pd(least), _CMP_GT_OQ);
#else
    uint32_t set = 0;
    for (int i = 0; i < kDoubles; ++i) set |= static_cast<uint32_t>(heights[i] > least) << i;
    return set;
#endif
  }

  // Edges of visible faces whose other side is not.
  int find_horizon(int visible) {
    const uint32_t mark = ++m_.stamp;
    for (int f = 0; f < visible; ++f) {
      const uint16_t* corners = m_.corners[m_.visible[f]];
      for (int e = 0; e < 3; ++e) m_.edge_stamp[corners[e]][corners[(e + 1) % 3]] = mark;
    }
    int rim = 0;
    for (int f = 0; f < visible; ++f) {
      const uint16_t* corners = m_.corners[m_.visible[f]];
      for (int e = 0; e < 3; ++e) {
        const uint16_t from = corners[e];
        const uint16_t to = corners[(e + 1) % 3];
        if (m_.edge_stamp[to][from] == mark) continue;
        m_.horizon[rim][0] = from;
        m_.horizon[rim++][1] = to;
        if (rim == Memory::kMaxFaces) return 0;
      }
    }
    return rim;
  }

  void move_last_to(int slot) {
    const int last = --faces_;
    for (double(&axis)[Memory::kMaxFaces] : m_.normal) axis[slot] = axis[last];
    m_.offset[slot] = m_.offset[last];
    for (int i = 0; i < 3; ++i) m_.corners[slot][i] = m_.corners[last][i];
  }

  // Shares of a face's corners in the point of its plane that is nearest to the origin.
  [[nodiscard]] Foot foot_on(int face) const {
    const uint16_t* corners = m_.corners[face];
    const V3 a = point(corners[0]);
    const V3 b = point(corners[1]) - a;
    const V3 c = point(corners[2]) - a;
    const V3 n = cross(b, c);
    const double area = dot(n, n);
    const double u = dot(cross(c, a), n) / area;
    const double w = dot(cross(a, b), n) / area;
    return {{1 - u - w, u, w}};
  }

  const Pair& pair_;
  Memory& m_;
  int points_ = 0;
  int faces_ = 0;
};

}  // namespace rigjit::collision::RIGJIT_COLLISION_LEVEL
