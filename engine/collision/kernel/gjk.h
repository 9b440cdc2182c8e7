// Distances in float32, a frame a lane: Gilbert, Johnson and Keerthi, "A fast procedure for
// computing the distance between complex objects in three-dimensional space", IEEE J. Robotics and
// Automation 4 (1988). Each answer has a certificate: |v| of a point v of the Minkowski difference
// is no less than the distance, and v.w/|v|, w the difference's furthest vertex along -v, no more.
// Lanes that lack it, and all that overlap or nearly touch, are doubtful.
#pragma once

#include "collision/kernel/nearest.h"
#include "collision/kernel/placed.h"

namespace rigjit::collision::RIGJIT_COLLISION_LEVEL {

inline constexpr int kMaxIterations = 32;
// Of the sum of the radii: nearer pairs are doubtful, as are gaps between the bounds beyond the
// second of these (of the sum of the radii and the distance); the first ends the search.
inline constexpr float kNear = 1e-3F;
inline constexpr float kFoundGap = 3e-6F;
inline constexpr float kCertainGap = 5e-6F;
// Beyond, in units of a frame's largest hull, squares are too near float32's limits.
inline constexpr float kFarSquared = 1e30F;
// What rounding may add to a lower bound.
inline constexpr float kBoundRounding = 2e-6F;
// Radii, and boxes turned into the world, are rounded.
inline constexpr float kBoxRounding = 4e-6F;

template <class L>
class PairInLanes {
  using Float = typename L::Float;
  using Int = typename L::Int;
  using Mask = typename L::Mask;

 public:
  RIGJIT_INLINE PairInLanes(const Vertices& a, const Vertices& b, const LaneFrames& frames_a,
                            const LaneFrames& frames_b, const LaneTask& task, int lane)
      : a_{a, frames_a, lane},
        b_{b, frames_b, lane},
        apart_{difference<L>(frames_b.centre[0] + lane, frames_a.centre[0] + lane),
               difference<L>(frames_b.centre[1] + lane, frames_a.centre[1] + lane),
               difference<L>(frames_b.centre[2] + lane, frames_a.centre[2] + lane)},
        size_(a_.radius() + b_.radius()),
        max_distance_(load<L>(task.max_distance + lane)),
        lane_(lane) {}

  RIGJIT_INLINE void solve(const LaneTask& task, LaneAnswers& answers) {
    const Mask live = mask_of(task.live >> lane_, L{});
    Mask near = live & may_be_near();
    Mask doubtful = near & ~at_most(dot(apart_, apart_), splat<L>(kFarSquared));
    near = near & ~doubtful;
    if (any(near)) doubtful = doubtful | search(near);
    const Mask certain = near & ~doubtful & at_most(upper_, max_distance_);
    store(answers.distance + lane_, select(certain, upper_, splat<L>(__builtin_inff())));
    answers.doubtful |= bits(doubtful) << lane_;
    if (task.with_points && any(certain)) write_points(answers);
  }

 private:
  // Where neither the spheres nor the boxes around the hulls are further apart than max_distance.
  [[nodiscard]] RIGJIT_INLINE Mask may_be_near() const {
    const Float reach = max(max_distance_, splat<L>(0));
    const Float far = fma(size_, splat<L>(1 + kBoxRounding), reach);
    Mask near = at_most(dot(apart_, apart_), far * far);
    if (!any(near)) return near;
    const Float ways[3] = {apart_.x, apart_.y, apart_.z};
    for (int row = 0; row < 3; ++row) {
      Float half = splat<L>(0);
      for (int i = 0; i < 3; ++i) {
        half = fma(absolute(a_.linear(3 * row + i)), splat<L>(a_.vertices.half_box[i]), half);
        half = fma(absolute(b_.linear(3 * row + i)), splat<L>(b_.vertices.half_box[i]), half);
      }
      near = near & at_most(absolute(ways[row]), fma(half, splat<L>(1 + kBoxRounding), reach));
    }
    return near;
  }

  [[nodiscard]] RIGJIT_INLINE Difference<L> furthest_along(Vector<Float> d) const {
    const Int i = a_.furthest_along(d);
    const Int j = b_.furthest_along(-d);
    return {a_.at(i) - (b_.at(j) + apart_), i | j << 16};
  }

  // Leaves nearest_, carriers_ and upper_, and returns the doubtful lanes of those wanted.
  RIGJIT_INLINE Mask search(Mask wanted) {
    const Difference<L> start = furthest_along(apart_);
    carriers_ = {start, start, start};
    nearest_ = start.p;
    Float squared = dot(nearest_, nearest_);
    Float lower = splat<L>(-__builtin_inff());
    upper_ = splat<L>(0);
    const Float near_squared = size_ * size_ * (kNear * kNear);
    const Float certainly_beyond = fma(size_, splat<L>(kBoundRounding), max_distance_);
    Mask run = wanted;
    Mask doubtful{};
    for (int step = 0; step < kMaxIterations; ++step) {
      const Mask close = run & at_most(squared, near_squared);
      doubtful = doubtful | close;
      run = run & ~close;
      if (!any(run)) break;
      const Difference<L> w = furthest_along(-nearest_);
      const Float length = sqrt(squared);
      lower = select(run, max(dot(nearest_, w.p) / length, lower), lower);
      upper_ = select(run, length, upper_);
      const Mask found = at_most(length - lower, kFoundGap * (size_ + length));
      const Mask beyond = greater(lower, certainly_beyond);
      beyond_ = beyond_ | (run & beyond);
      run = run & ~(found | beyond);
      if (!any(run)) break;

      Carriers<L> next = carriers_;
      Mask inside{};
      const Vector<Float> v = step == 0   ? nearest_of_two(next, w)
                              : step == 1 ? nearest_of_three(next, w)
                                          : nearest_of_four(next, w, inside);
      const Float v_squared = dot(v, v);
      const Mask overlapping = run & inside;
      doubtful = doubtful | overlapping;
      run = run & ~overlapping;
      const Mask stuck = run & at_most(squared, v_squared);
      doubtful = doubtful | (stuck & greater(length - lower, kCertainGap * (size_ + length)));
      run = run & ~stuck;
      carriers_.a = select<L>(run, next.a, carriers_.a);
      carriers_.b = select<L>(run, next.b, carriers_.b);
      carriers_.c = select<L>(run, next.c, carriers_.c);
      nearest_ = select(run, v, nearest_);
      squared = select(run, v_squared, squared);
    }
    upper_ = select(beyond_, splat<L>(__builtin_inff()), upper_);
    return doubtful | run;
  }

  RIGJIT_INLINE void write_points(LaneAnswers& answers) const {
    const Vector<Float> a = carriers_.a.p - carriers_.c.p;
    const Vector<Float> b = carriers_.b.p - carriers_.c.p;
    const auto [s, t] = triangle_shares<L>(dot(a, a), dot(b, b), dot(a, b), -dot(a, carriers_.c.p),
                                           -dot(b, carriers_.c.p));
    const Vector<Float> start = point_of_a(carriers_.c);
    const Vector<Float> point =
        along(along(start, s, point_of_a(carriers_.a) - start), t, point_of_a(carriers_.b) - start);
    const Float scale = splat<L>(-1) / upper_;
    put(answers.point_a, point);
    put(answers.normal, {nearest_.x * scale, nearest_.y * scale, nearest_.z * scale});
  }

  [[nodiscard]] RIGJIT_INLINE Vector<Float> point_of_a(const Difference<L>& difference) const {
    return a_.at(difference.of & 0xffff);
  }

  RIGJIT_INLINE void put(float (*to)[kMaxLanes], Vector<Float> v) const {
    store(to[0] + lane_, v.x);
    store(to[1] + lane_, v.y);
    store(to[2] + lane_, v.z);
  }

  const Placed<L> a_;
  const Placed<L> b_;
  const Vector<Float> apart_;  // from a's centre to b's
  const Float size_;
  const Float max_distance_;
  const int lane_;

  Carriers<L> carriers_;
  Vector<Float> nearest_{};  // of the Minkowski difference's points found so far, to the origin
  Float upper_{};
  Mask beyond_{};
};

// Below as many lanes one at a time is faster.
inline constexpr int kFewLanes = kLanes / 4;

inline void solve_lanes(const Vertices& a, const Vertices& b, const LaneFrames& frames_a,
                        const LaneFrames& frames_b, const LaneTask& task, LaneAnswers& answers) {
  answers.doubtful = 0;
  if (__builtin_popcount(task.live) > kFewLanes) {
    PairInLanes<Wide>(a, b, frames_a, frames_b, task, 0).solve(task, answers);
    return;
  }
  for (uint32_t left = task.live; left != 0; left &= left - 1) {
    PairInLanes<One>(a, b, frames_a, frames_b, task, __builtin_ctz(left)).solve(task, answers);
  }
}

}  // namespace rigjit::collision::RIGJIT_COLLISION_LEVEL
