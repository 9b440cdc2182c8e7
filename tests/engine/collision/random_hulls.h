// Pairs of hulls to throw at the solvers, of every kind that has been hard for some.
#pragma once

#include <array>
#include <random>
#include <string>
#include <vector>

#include "engine/collision/all_features.h"

namespace rigjit::testing {

using Pose = std::array<double, 16>;

struct HullPair {
  std::string kind;
  std::vector<Point> a, b;
  Pose pose_a, pose_b;
};

inline constexpr int kHullPairKinds = 14;

// kind: below kHullPairKinds.
[[nodiscard]] HullPair random_hull_pair(int kind, std::mt19937_64& random);

[[nodiscard]] Pose random_rigid_pose(double reach, std::mt19937_64& random);
[[nodiscard]] Point transformed(const Pose& pose, const Point& p);

// `count` points of a sphere, a box, a cloud, a limb, a slab, a needle, a grid or a prism.
[[nodiscard]] std::vector<Point> random_cloud(std::mt19937_64& random);
[[nodiscard]] std::vector<Point> sphere_points(int count, std::mt19937_64& random);

}  // namespace rigjit::testing
