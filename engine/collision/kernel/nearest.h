// The point of a simplex that lies nearest to the origin, a simplex a lane.
#pragma once

#include "collision/kernel/lanes.h"

namespace rigjit::collision::RIGJIT_COLLISION_LEVEL {

// A vertex of the Minkowski difference a - b.
template <class L>
struct Difference {
  Vector<typename L::Float> p;
  typename L::Int of;  // the vertex of a, and that of b times 2^16
};
template <class L>
RIGJIT_INLINE Difference<L> select(typename L::Mask mask, Difference<L> a, Difference<L> b) {
  return {select(mask, a.p, b.p), select(mask, a.of, b.of)};
}

// Three points carry the nearest one; where fewer do, some of them are the same.
template <class L>
struct Carriers {
  Difference<L> a, b, c;
};

// Products this small are no length squared: keeps 0 / 0 away.
inline constexpr float kTiny = 1e-30F;
// Squared sine of the angle below which a triangle is a line.
inline constexpr float kThinTriangle = 1e-6F;
// Of the squared volume over the squared edges: flatter ones do not hold the origin for certain.
inline constexpr float kFlatTetrahedron = 1e-10F;

template <class Float>
RIGJIT_INLINE Float share(Float part, Float whole) {
  const Float zero{};
  return max(zero, min(zero + 1.0F, part / max(whole, zero + kTiny)));
}

// How much nearer than its start the point at `u` of an edge is, squared: u * (2 * part - u *
// whole).
template <class Float>
RIGJIT_INLINE Float gain_of(Float u, Float part, Float whole) {
  return u * fma(-u, whole, part + part);
}

// Of the segment c, d, where d is new.
template <class L>
RIGJIT_INLINE Vector<typename L::Float> nearest_of_two(Carriers<L>& s, const Difference<L>& d) {
  const auto way = s.c.p - d.p;
  const auto u = share(-dot(way, d.p), dot(way, way));
  s.a = select<L>(greater(u, u - u), s.c, d);
  s.b = d;
  s.c = d;
  return along(d.p, u, way);
}

// Shares of the edges a - d and c - d of a triangle's nearest point, from the products of the edges
// with each other (aa, cc, ac) and with -d (ad, cd): along one edge, or inside.
template <class L>
struct TriangleShares {
  typename L::Float a, c;
};
template <class L>
RIGJIT_INLINE TriangleShares<L> triangle_shares(typename L::Float aa, typename L::Float cc,
                                                typename L::Float ac, typename L::Float ad,
                                                typename L::Float cd) {
  using Float = typename L::Float;
  const Float zero = splat<L>(0);
  const Float u = share(ad, aa);
  const Float w = share(cd, cc);
  const Float gain_u = gain_of(u, ad, aa);
  const Float gain_w = gain_of(w, cd, cc);
  const auto along_c = greater(gain_w, gain_u);
  const Float best = select(along_c, gain_w, gain_u);
  const Float area = fma(aa, cc, -(ac * ac));
  Float x = fma(cc, ad, -(ac * cd));
  Float y = fma(aa, cd, -(ac * ad));
  auto inside = greater(area, kThinTriangle * (aa * cc)) & greater(x, zero) & greater(y, zero) &
                greater(area, x + y);
  const Float scale = 1.0F / select(inside, area, splat<L>(1));
  x = x * scale;
  y = y * scale;
  inside = inside & greater(fma(x, ad, y * cd), best);
  return {select(inside, x, select(along_c, zero, u)), select(inside, y, select(along_c, w, zero))};
}

// Of the triangle a, c, d, where d is new.
template <class L>
RIGJIT_INLINE Vector<typename L::Float> nearest_of_three(Carriers<L>& s, const Difference<L>& d) {
  const auto a = s.a.p - d.p;
  const auto c = s.c.p - d.p;
  const auto [u, w] =
      triangle_shares<L>(dot(a, a), dot(c, c), dot(a, c), -dot(a, d.p), -dot(c, d.p));
  const auto zero = splat<L>(0);
  const auto on_a = greater(u, zero);
  const auto on_c = greater(w, zero);
  const auto nearest = along(along(d.p, u, a), w, c);
  const Difference<L> first = select<L>(on_a, s.a, select<L>(on_c, s.c, d));
  s.b = select<L>(on_a & on_c, s.c, d);
  s.a = first;
  s.c = d;
  return nearest;
}

// The best found so far of a tetrahedron's edges and faces at d: how much nearer than d it is,
// squared, the shares of its one or two edges, and which edges those are.
template <class L>
struct Best {
  using Float = typename L::Float;
  using Mask = typename L::Mask;
  Float gain, s, t;
  Mask a, b, c;
};

template <class L>
RIGJIT_INLINE void try_edge(Best<L>& best, typename L::Float whole, typename L::Float part,
                            typename L::Mask& mine, typename L::Mask& other1,
                            typename L::Mask& other2) {
  const auto u = share(part, whole);
  const auto gain = gain_of(u, part, whole);
  const auto better = greater(gain, best.gain);
  best.gain = select(better, gain, best.gain);
  best.s = select(better, u, best.s);
  mine = better | mine;
  other1 = ~better & other1;
  other2 = ~better & other2;
}

template <class L>
RIGJIT_INLINE void try_face(Best<L>& best, typename L::Float pp, typename L::Float qq,
                            typename L::Float pq, typename L::Float pd, typename L::Float qd,
                            typename L::Mask& mine1, typename L::Mask& mine2,
                            typename L::Mask& other) {
  const auto zero = splat<L>(0);
  const auto area = fma(pp, qq, -(pq * pq));
  auto u = fma(qq, pd, -(pq * qd));
  auto w = fma(pp, qd, -(pq * pd));
  const auto inside = greater(area, kThinTriangle * (pp * qq)) & greater(u, zero) &
                      greater(w, zero) & greater(area, u + w);
  const auto scale = 1.0F / select(inside, area, splat<L>(1));
  u = u * scale;
  w = w * scale;
  const auto gain = fma(u, pd, w * qd);
  const auto better = inside & greater(gain, best.gain);
  best.gain = select(better, gain, best.gain);
  best.s = select(better, u, best.s);
  best.t = select(better, w, best.t);
  mine1 = better | mine1;
  mine2 = better | mine2;
  other = ~better & other;
}

// Of the tetrahedron a, b, c, d, where d is new: the face a, b, c is not looked at, the new point
// is nearer than all of it. `inside`: lanes where the tetrahedron holds the origin.
template <class L>
RIGJIT_INLINE Vector<typename L::Float> nearest_of_four(Carriers<L>& s, const Difference<L>& d,
                                                        typename L::Mask& inside) {
  using Mask = typename L::Mask;
  const auto a = s.a.p - d.p;
  const auto b = s.b.p - d.p;
  const auto c = s.c.p - d.p;
  const auto zero = splat<L>(0);
  const auto aa = dot(a, a), bb = dot(b, b), cc = dot(c, c);
  const auto ab = dot(a, b), ac = dot(a, c), bc = dot(b, c);
  const auto ad = -dot(a, d.p), bd = -dot(b, d.p), cd = -dot(c, d.p);
  Best<L> best{zero, zero, zero, Mask{}, Mask{}, Mask{}};
  try_edge(best, aa, ad, best.a, best.b, best.c);
  try_edge(best, bb, bd, best.b, best.a, best.c);
  try_edge(best, cc, cd, best.c, best.a, best.b);
  try_face(best, aa, bb, ab, ad, bd, best.a, best.b, best.c);
  try_face(best, aa, cc, ac, ad, cd, best.a, best.c, best.b);
  try_face(best, bb, cc, bc, bd, cd, best.b, best.c, best.a);

  // Volumes over against a, b and c, and that of the whole, all of one sign where it is inside.
  const auto n = cross(b, c);
  const auto m = cross(d.p, a);
  const auto whole = dot(a, n);
  const auto sign = select(greater(zero, whole), splat<L>(-1), splat<L>(1));
  const auto volume = whole * sign;
  const auto over_a = -dot(d.p, n) * sign;
  const auto over_b = -dot(c, m) * sign;
  const auto over_c = dot(b, m) * sign;
  inside = at_most(zero, over_a) & at_most(zero, over_b) & at_most(zero, over_c) &
           at_most(over_a + over_b + over_c, volume) &
           greater(volume * volume, kFlatTetrahedron * (aa * bb * cc));

  const Difference<L> first =
      select<L>(best.a, s.a, select<L>(best.b, s.b, select<L>(best.c, s.c, d)));
  const Difference<L> second =
      select<L>(best.a & best.b, s.b, select<L>((best.a | best.b) & best.c, s.c, d));
  s = {first, second, d};
  return along(along(d.p, best.s, first.p - d.p), best.t, second.p - d.p);
}

}  // namespace rigjit::collision::RIGJIT_COLLISION_LEVEL
