// Distances against enumeration of all features, on every kernel of the machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "collision/batch.h"
#include "collision/enumerate.h"
#include "collision/frame_block.h"
#include "collision/kernels.h"
#include "engine/collision/all_features.h"
#include "engine/collision/random_hulls.h"
#include "long_run.h"
#include "rigjit/collision.h"

namespace rigjit::collision {
namespace {

using testing::HullPair;
using testing::Pose;

// Of (radius a + radius b + |distance|).
constexpr double kAccuracy = 1e-5;
constexpr double kDoubleAccuracy = 1e-9;
// Distances of this share of the sizes are 0 to the reference too.
constexpr double kZero = 1e-12;

Hull hull_of(const std::vector<testing::Point>& points) {
  Result<Hull> hull = Hull::make(points.front().data(), points.size());
  EXPECT_TRUE(hull.ok()) << to_string(hull.errors());
  return *std::move(hull);
}

testing::Polytope placed(const Hull& hull, const Pose& pose) {
  testing::Polytope polytope{{}, hull.faces()};
  for (const auto& p : hull.vertices()) polytope.points.push_back(testing::transformed(pose, p));
  return polytope;
}

double radius(const testing::Polytope& polytope) {
  double squared = 0;
  for (const auto& p : polytope.points) {
    for (const auto& q : polytope.points) {
      const double way[3] = {p[0] - q[0], p[1] - q[1], p[2] - q[2]};
      squared = std::max(squared, way[0] * way[0] + way[1] * way[1] + way[2] * way[2]);
    }
  }
  return std::sqrt(squared) / 2;
}

// One pair, `frames` times over.
struct TwoHulls {
  Hulls hulls;
  std::vector<double> transforms;
  std::size_t frames;

  TwoHulls(const Hull& a, const Hull& b, const Pose& pose_a, const Pose& pose_b, std::size_t count)
      : hulls(*Hulls::of({{"a", a}, {"b", b}})), frames(count) {
    for (std::size_t i = 0; i < frames; ++i) {
      transforms.insert(transforms.end(), pose_a.begin(), pose_a.end());
      transforms.insert(transforms.end(), pose_b.begin(), pose_b.end());
    }
  }

  [[nodiscard]] Transforms where() const {
    Transforms where;
    where.doubles = transforms.data();
    where.frames = frames;
    return where;
  }
};

std::vector<float> distances(const TwoHulls& two, const Kernel& kernel) {
  const Pair pair{0, 1};
  HullsData data{{"a", "b"}, {two.hulls[0], two.hulls[1]}, {}};
  const Batch batch{data, kernel,  two.where(), &pair, 1, std::numeric_limits<float>::infinity(),
                    1,    nullptr, nullptr};
  std::vector<float> out(two.frames);
  ErrorList errors;
  solve_distances(batch, out.data(), errors);
  EXPECT_TRUE(errors.is_empty());
  return out;
}

uint32_t bits(float x) { return std::bit_cast<uint32_t>(x); }

// Of one pair: double, every kernel's lanes and one lane at a time.
void check(const HullPair& pair) {
  const Hull a = hull_of(pair.a);
  const Hull b = hull_of(pair.b);
  const testing::Polytope world_a = placed(a, pair.pose_a);
  const testing::Polytope world_b = placed(b, pair.pose_b);
  const double expected = testing::distance_by_all_features(world_a, world_b);
  const double size = radius(world_a) + radius(world_b);
  // The reference's own rounding, of coordinates that may lie far from the origin.
  const double zero = kZero * size + 1e-14 * (1 + std::abs(pair.pose_b[3]));

  const Result<double> exact = signed_distance(a, b, pair.pose_a.data(), pair.pose_b.data());
  ASSERT_TRUE(exact.ok()) << pair.kind;
  ASSERT_NEAR(*exact, expected, kDoubleAccuracy * (size + std::abs(expected)) + zero) << pair.kind;

  const std::vector<float> one = distances({a, b, pair.pose_a, pair.pose_b, 1}, *kernels().front());
  for (const Kernel* kernel : kernels()) {
    const std::vector<float> all = distances({a, b, pair.pose_a, pair.pose_b, 17}, *kernel);
    for (const float distance : all) {
      ASSERT_NEAR(distance, expected, kAccuracy * (size + std::abs(expected))) << pair.kind;
      if (std::abs(expected) > zero) {
        ASSERT_EQ(distance < 0, expected < 0) << pair.kind << ' ' << expected;
      }
      ASSERT_EQ(bits(distance), bits(all[0])) << pair.kind << ' ' << kernel->name;
      if (kernel->name != std::string_view("x86-64")) {
        ASSERT_EQ(bits(distance), bits(one[0])) << pair.kind << ' ' << kernel->name;
      }
    }
  }
}

class CollisionDistance : public ::testing::TestWithParam<int> {};

TEST_P(CollisionDistance, AgreesWithAllFeatures) {
  std::mt19937_64 random(static_cast<uint64_t>(GetParam()) + 1);
  const int count = testing::is_long_run() ? 3000 : 60;
  for (int i = 0; i < count && !HasFatalFailure(); ++i) {
    check(testing::random_hull_pair(GetParam(), random));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, CollisionDistance, ::testing::Range(0, testing::kHullPairKinds),
                         [](const auto& kind) { return "Kind" + std::to_string(kind.param); });

TEST(CollisionDistance, EnumerationAgreesToo) {
  std::mt19937_64 random(77);
  for (int i = 0; i < 30 * testing::kHullPairKinds; ++i) {
    const HullPair pair = testing::random_hull_pair(i % testing::kHullPairKinds, random);
    const Hull a = hull_of(pair.a);
    const Hull b = hull_of(pair.b);
    const auto affine = [](const Pose& p) {
      return Affine{{p[0], p[1], p[2], p[4], p[5], p[6], p[8], p[9], p[10]}, {p[3], p[7], p[11]}};
    };
    const Body body_a = body_of(*a.data(), affine(pair.pose_a));
    const Body body_b = body_of(*b.data(), affine(pair.pose_b));
    Answer answer;
    ASSERT_TRUE(enumerate(*a.data(), body_a, *b.data(), body_b, answer));
    const double expected =
        testing::distance_by_all_features(placed(a, pair.pose_a), placed(b, pair.pose_b));
    const double size = body_a.radius + body_b.radius;
    ASSERT_NEAR(answer.distance, expected, 1e-7 * (size + std::abs(expected))) << pair.kind;
    for (int axis = 0; axis < 3; ++axis) {
      ASSERT_NEAR(answer.point_b[axis] - answer.point_a[axis],
                  answer.distance * answer.normal[axis], 1e-7 * (size + std::abs(expected)));
    }
  }
}

// What a small polytope cannot hold: all of a large one's directions end equally soon.
TEST(CollisionDistance, ConcentricSpheresOfManyVertices) {
  std::mt19937_64 random(5);
  const Hull hull = hull_of(testing::sphere_points(400, random));
  const Result<double> found = signed_distance(hull, hull);
  ASSERT_TRUE(found.ok());
  // Identical hulls: the difference's facets are twice as far as the least width of the hull.
  EXPECT_LT(*found, -1.9);
  EXPECT_GT(*found, -2.0);
}

TEST(CollisionDistance, MoreVerticesThanLanesCount) {
  std::mt19937_64 random(6);
  const Hull large = hull_of(testing::sphere_points(70000, random));
  ASSERT_GT(large.vertices().size(), 65535U);
  const Hull small = hull_of({{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
  const TwoHulls two(large, small, testing::Pose{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1},
                     testing::Pose{1, 0, 0, 3, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}, 2);
  for (const float distance : distances(two, default_kernel())) EXPECT_NEAR(distance, 2, 1e-3);
}

TEST(CollisionDistance, IsTheSameEitherWayRoundAndUnderRigidMotion) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 40 * testing::kHullPairKinds; ++i) {
    const HullPair pair = testing::random_hull_pair(i % testing::kHullPairKinds, random);
    const Hull a = hull_of(pair.a);
    const Hull b = hull_of(pair.b);
    const double here = *signed_distance(a, b, pair.pose_a.data(), pair.pose_b.data());
    const double back = *signed_distance(b, a, pair.pose_b.data(), pair.pose_a.data());
    const double size = radius(placed(a, pair.pose_a)) + radius(placed(b, pair.pose_b));
    const double near = 1e-9 * (size + std::abs(here));
    EXPECT_NEAR(here, back, near) << pair.kind;
    const Pose move = testing::random_rigid_pose(5 * size, random);
    Pose moved_a{};
    Pose moved_b{};
    for (std::size_t r = 0; r < 4; ++r) {
      for (std::size_t c = 0; c < 4; ++c) {
        for (std::size_t k = 0; k < 4; ++k) {
          moved_a[4 * r + c] += move[4 * r + k] * pair.pose_a[4 * k + c];
          moved_b[4 * r + c] += move[4 * r + k] * pair.pose_b[4 * k + c];
        }
      }
    }
    EXPECT_NEAR(*signed_distance(a, b, moved_a.data(), moved_b.data()), here, near + 1e-12)
        << pair.kind;
  }
}

}  // namespace
}  // namespace rigjit::collision
