#include "engine/collision/random_hulls.h"

#include <cmath>
#include <numbers>

namespace rigjit::testing {
namespace {

using Random = std::mt19937_64;

double between(double low, double high, Random& random) {
  return std::uniform_real_distribution(low, high)(random);
}
int number(int low, int high, Random& random) {
  return std::uniform_int_distribution(low, high)(random);
}
double normal(Random& random) { return std::normal_distribution()(random); }

Point direction(Random& random) {
  for (;;) {
    const Point p{normal(random), normal(random), normal(random)};
    const double length = std::hypot(p[0], p[1], p[2]);
    if (length > 1e-3) return {p[0] / length, p[1] / length, p[2] / length};
  }
}

std::vector<Point> scaled(std::vector<Point> points, double x, double y, double z) {
  for (Point& p : points) p = {p[0] * x, p[1] * y, p[2] * z};
  return points;
}

std::vector<Point> box() {
  std::vector<Point> points;
  for (int i = 0; i < 8; ++i) {
    points.push_back({i & 1 ? 1.0 : -1.0, i & 2 ? 1.0 : -1.0, i & 4 ? 1.0 : -1.0});
  }
  return points;
}

// A box with a grid of points on each of its faces.
std::vector<Point> grid_box(int steps) {
  std::vector<Point> points;
  for (int i = 0; i <= steps; ++i) {
    for (int j = 0; j <= steps; ++j) {
      const double u = 2.0 * i / steps - 1;
      const double w = 2.0 * j / steps - 1;
      for (const double side : {-1.0, 1.0}) {
        points.push_back({side, u, w});
        points.push_back({u, side, w});
        points.push_back({u, w, side});
      }
    }
  }
  return points;
}

std::vector<Point> prism(int sides) {
  std::vector<Point> points;
  for (int i = 0; i < sides; ++i) {
    const double angle = 2 * std::numbers::pi * i / sides;
    for (const double z : {-1.0, 1.0}) points.push_back({std::cos(angle), std::sin(angle), z});
  }
  return points;
}

std::vector<Point> lattice_points(Random& random) {
  std::vector<Point> points;
  for (int i = number(6, 14, random); i > 0; --i) {
    points.push_back({double(number(-2, 2, random)), double(number(-2, 2, random)),
                      double(number(-2, 2, random))});
  }
  for (int i = 0; i < 4; ++i) {  // never flat
    points.push_back({i == 1 ? 1.0 : 0, i == 2 ? 1.0 : 0, i == 3 ? 1.0 : 0});
  }
  return points;
}

Pose identity() { return {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}; }

Pose moved(Pose pose, const Point& by) {
  for (std::size_t i = 0; i < 3; ++i) pose[4 * i + 3] += by[i];
  return pose;
}

Pose times(const Pose& a, const Pose& b) {
  Pose c{};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      for (std::size_t k = 0; k < 4; ++k) c[4 * i + j] += a[4 * i + k] * b[4 * k + j];
    }
  }
  return c;
}

// One of the 24 rotations of a cube.
Pose cube_rotation(Random& random) {
  const Pose x{1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
  const Pose y{0, 0, 1, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 0, 1};
  Pose pose = identity();
  for (int i = number(0, 6, random); i > 0; --i) pose = times(number(0, 1, random) ? x : y, pose);
  return pose;
}

Pose stretched(Pose pose, Random& random) {
  Pose affine = identity();
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) affine[4 * i + j] = 0.4 * normal(random);
    affine[4 * i + i] += between(0.3, 3, random) * (number(0, 3, random) == 0 ? -1 : 1);
  }
  return times(pose, affine);
}

double furthest(const std::vector<Point>& points, const Point& d) {
  double height = -1e300;
  for (const Point& p : points) height = std::max(height, p[0] * d[0] + p[1] * d[1] + p[2] * d[2]);
  return height;
}

// b moved so that along some direction it begins where a ends: they touch or just miss each other.
void make_touch(HullPair& pair, const Point& d) {
  const Point back{-d[0], -d[1], -d[2]};
  const double gap = furthest(pair.a, d) + furthest(pair.b, back);
  pair.pose_a = identity();
  pair.pose_b = moved(identity(), {d[0] * gap, d[1] * gap, d[2] * gap});
}

}  // namespace

std::vector<Point> sphere_points(int count, Random& random) {
  std::vector<Point> points;
  for (int i = 0; i < count; ++i) points.push_back(direction(random));
  return points;
}

std::vector<Point> random_cloud(Random& random) {
  switch (number(0, 8, random)) {
    case 0:
      return scaled(box(), between(0.2, 2, random), between(0.2, 2, random),
                    between(0.2, 2, random));
    case 1:
      return grid_box(3);
    case 2:
      return prism(number(3, 20, random));
    case 3: {  // a limb
      std::vector<Point> points = sphere_points(40, random);
      for (Point& p : points) p[2] += p[2] > 0 ? 2 : -2;
      return points;
    }
    case 4:
      return scaled(sphere_points(30, random), 1, 1, 0.01);
    case 5:
      return scaled(sphere_points(30, random), 0.01, 0.01, 1);
    case 6: {
      std::vector<Point> points = sphere_points(24, random);
      for (Point& p : points) {
        for (double& x : p) x *= std::abs(normal(random));
      }
      return points;
    }
    case 7:
      return sphere_points(4 + number(0, 2, random), random);
    default:
      return sphere_points(number(8, 40, random), random);
  }
}

Pose random_rigid_pose(double reach, Random& random) {
  double q[4] = {normal(random), normal(random), normal(random), normal(random)};
  const double n = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  for (double& x : q) x /= n;
  const auto [w, x, y, z] = q;
  return {1 - 2 * (y * y + z * z),
          2 * (x * y - w * z),
          2 * (x * z + w * y),
          reach * normal(random),
          2 * (x * y + w * z),
          1 - 2 * (x * x + z * z),
          2 * (y * z - w * x),
          reach * normal(random),
          2 * (x * z - w * y),
          2 * (y * z + w * x),
          1 - 2 * (x * x + y * y),
          reach * normal(random),
          0,
          0,
          0,
          1};
}

Point transformed(const Pose& pose, const Point& p) {
  Point q{};
  for (std::size_t i = 0; i < 3; ++i) {
    q[i] = pose[4 * i] * p[0] + pose[4 * i + 1] * p[1] + pose[4 * i + 2] * p[2] + pose[4 * i + 3];
  }
  return q;
}

HullPair random_hull_pair(int kind, Random& random) {
  HullPair pair{"", random_cloud(random), random_cloud(random), random_rigid_pose(0.7, random),
                random_rigid_pose(0.7, random)};
  switch (kind) {
    case 0:
      pair.kind = "near";
      break;
    case 1:
      pair.kind = "far";
      pair.pose_b = moved(pair.pose_b, {100, -3, 7});
      break;
    case 2:
      pair.kind = "touching by a face";
      make_touch(pair, {1, 0, 0});
      break;
    case 3:
      pair.kind = "touching anywhere";
      make_touch(pair, direction(random));
      break;
    case 4:
      pair.kind = "contained";
      pair.b = scaled(pair.b, 0.1, 0.1, 0.1);
      pair.pose_b = pair.pose_a;
      break;
    case 5:
      pair.kind = "identical";
      pair.b = pair.a;
      pair.pose_b = pair.pose_a;
      break;
    case 6:
      pair.kind = "almost identical";
      pair.b = pair.a;
      pair.pose_b = moved(pair.pose_a, {1e-7 * normal(random), 1e-7 * normal(random), 1e-9});
      break;
    case 7:
      pair.kind = "axis-aligned";
      pair.a = number(0, 1, random) ? box() : grid_box(4);
      pair.b = number(0, 1, random) ? box() : prism(4 * number(1, 5, random));
      pair.pose_a = identity();
      pair.pose_b = moved(identity(), {0.5 * number(-5, 5, random), 0.5 * number(-5, 5, random),
                                       0.5 * number(-5, 5, random)});
      break;
    case 8:
      pair.kind = "small";
      pair.a = scaled(pair.a, 1e-4, 1e-4, 1e-4);
      pair.b = scaled(pair.b, 1e-4, 1e-4, 1e-4);
      pair.pose_a = moved(random_rigid_pose(1e-4, random), {1, 2, 3});
      pair.pose_b = moved(random_rigid_pose(1e-4, random), {1, 2, 3});
      break;
    case 9:
      pair.kind = "large";
      pair.a = scaled(pair.a, 1e4, 1e4, 1e4);
      pair.b = scaled(pair.b, 1e4, 1e4, 1e4);
      pair.pose_a = random_rigid_pose(1e4, random);
      pair.pose_b = random_rigid_pose(1e4, random);
      break;
    case 10:
      pair.kind = "small and large";
      pair.b = scaled(pair.b, 1e-3, 1e-3, 1e-3);
      break;
    case 11:
      pair.kind = "scaled and sheared";
      pair.pose_a = stretched(pair.pose_a, random);
      pair.pose_b = stretched(pair.pose_b, random);
      break;
    case 12:
      pair.kind = "slab and needle";
      pair.a = scaled(sphere_points(30, random), 1, 1, 0.01);
      pair.b = scaled(sphere_points(30, random), 0.01, 0.01, 1);
      break;
    default:
      pair.kind = "lattice";
      pair.a = lattice_points(random);
      pair.b = lattice_points(random);
      pair.pose_a = moved(cube_rotation(random), {double(number(-3, 3, random)), 0, 0});
      pair.pose_b = moved(cube_rotation(random),
                          {0, double(number(-3, 3, random)), double(number(-3, 3, random))});
  }
  return pair;
}

}  // namespace rigjit::testing
