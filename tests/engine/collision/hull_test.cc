// Hulls of points: what they hold, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "collision/geometry.h"
#include "engine/collision/random_hulls.h"
#include "rigjit/collision.h"

namespace rigjit::collision {
namespace {

using Points = std::vector<testing::Point>;

Result<Hull> make(const Points& points, const std::string& name = {}) {
  return Hull::make(points.empty() ? nullptr : points.front().data(), points.size(), name);
}

Points cube(double size, double offset) {
  Points points;
  for (int i = 0; i < 8; ++i) {
    points.push_back(
        {offset + (i & 1 ? size : 0), offset + (i & 2 ? size : 0), offset + (i & 4 ? size : 0)});
  }
  return points;
}

// Closed, outward, and around all the points.
void expect_hull_of(const Hull& hull, const Points& points) {
  std::map<std::pair<int32_t, int32_t>, int> edges;
  for (const auto& face : hull.faces()) {
    for (std::size_t i = 0; i < 3; ++i) ++edges[{face[i], face[(i + 1) % 3]}];
  }
  for (const auto& [edge, count] : edges) {
    EXPECT_EQ(count, 1);
    EXPECT_EQ(edges.count({edge.second, edge.first}), 1U);
  }
  for (const auto& face : hull.faces()) {
    const Point a = hull.vertices()[static_cast<std::size_t>(face[0])];
    const Point b = hull.vertices()[static_cast<std::size_t>(face[1])];
    const Point c = hull.vertices()[static_cast<std::size_t>(face[2])];
    const Point n = unit_vector(cross((1 / hull.size()) * (b - a), (1 / hull.size()) * (c - a)));
    for (const Point& p : points) EXPECT_LE(dot(n, p - a), 1e-9 * hull.size());
  }
}

TEST(CollisionHull, OfRandomPoints) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200; ++i) {
    const Points points = testing::random_cloud(random);
    const Result<Hull> hull = make(points);
    ASSERT_TRUE(hull.ok());
    expect_hull_of(*hull, points);
    // In their order, bit for bit.
    auto from = points.begin();
    for (const Point& vertex : hull->vertices()) {
      from = std::find(from, points.end(), vertex);
      ASSERT_NE(from, points.end());
    }
  }
}

TEST(CollisionHull, ThicknessIsTheLeastExtentAlongAFacesNormal) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100; ++i) {
    const Result<Hull> hull = make(testing::random_cloud(random));
    ASSERT_TRUE(hull.ok());
    double least = std::numeric_limits<double>::infinity();
    for (const auto& face : hull->faces()) {
      const Point a = hull->vertices()[static_cast<std::size_t>(face[0])];
      const Point n = unit_vector(cross(hull->vertices()[static_cast<std::size_t>(face[1])] - a,
                                        hull->vertices()[static_cast<std::size_t>(face[2])] - a));
      double depth = 0;
      for (const Point& p : hull->vertices()) depth = std::max(depth, dot(n, a - p));
      least = std::min(least, depth);
    }
    EXPECT_NEAR(hull->thickness(), least, 1e-9 * hull->size());
  }
}

TEST(CollisionHull, DuplicatesAndInnerPointsDoNotMatter) {
  Points points = cube(2, -1);
  const Points corners = points;
  points.insert(points.end(), corners.begin(), corners.end());
  points.push_back({0, 0, 0});
  points.push_back({0.5, 0, 1});
  const Result<Hull> hull = make(points);
  ASSERT_TRUE(hull.ok());
  EXPECT_EQ(hull->vertices().size(), 8U);
  EXPECT_EQ(hull->faces().size(), 12U);
  EXPECT_DOUBLE_EQ(hull->thickness(), 2);
  EXPECT_DOUBLE_EQ(hull->size(), std::sqrt(12));
}

TEST(CollisionHull, AnySizeAndPlace) {
  for (const double size : {1e-30, 1e-4, 1.0, 1e4, 1e30}) {
    const Result<Hull> hull = make(cube(size, 0));
    ASSERT_TRUE(hull.ok()) << size;
    EXPECT_NEAR(hull->thickness() / size, 1, 1e-12);
    const testing::Pose apart{1, 0, 0, 3 * size, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    EXPECT_NEAR(*signed_distance(*hull, *hull, nullptr, apart.data()) / size, 2, 1e-9);
    EXPECT_NEAR(*signed_distance(*hull, *hull) / size, -1, 1e-9);
  }
  const Result<Hull> far = make(cube(1, 1e8));
  ASSERT_TRUE(far.ok());
  EXPECT_NEAR(far->thickness(), 1, 1e-7);
  EXPECT_NEAR(*signed_distance(*far, *far), -1, 1e-7);
}

TEST(CollisionHull, Refused) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Points bad = cube(1, 0);
  bad[5][1] = kNan;
  Points infinite = cube(1, 0);
  infinite[0][0] = std::numeric_limits<double>::infinity();
  Points huge = cube(1, 0);
  huge[0][0] = 1e200;
  Points flat;
  Points line;
  for (int i = 0; i < 9; ++i) {
    flat.push_back({double(i % 3), double(i / 3), 1e-8 * (i % 2)});
    line.push_back({1.0 * i, 2.0 * i, -1.0 * i});
  }
  const std::pair<Points, const char*> cases[] = {
      {{}, "too-few-points"},     {{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}}, "too-few-points"},
      {bad, "not-finite"},        {infinite, "not-finite"},
      {huge, "points-too-large"}, {flat, "flat-hull"},
      {line, "flat-hull"},        {Points(5, {1, 2, 3}), "flat-hull"},
  };
  for (const auto& [points, code] : cases) {
    const Result<Hull> hull = make(points, "hand_l");
    ASSERT_FALSE(hull.ok()) << code;
    EXPECT_EQ(hull.errors().front().code, code);
    EXPECT_THAT(hull.errors().front().message, ::testing::HasSubstr("'hand_l'"));
  }
  EXPECT_THAT(make(bad).errors().front().message, ::testing::HasSubstr("point 5"));
  EXPECT_THAT(make(flat).errors().front().message, ::testing::HasSubstr("1e-08 thick"));
}

TEST(CollisionHull, ThinIsNotFlat) {
  Points thin = cube(1, 0);
  for (testing::Point& p : thin) p[2] *= 5e-6;
  EXPECT_TRUE(make(thin).ok());
  for (testing::Point& p : thin) p[2] *= 0.1;
  EXPECT_FALSE(make(thin).ok());
}

TEST(CollisionHull, PosesAreRefusedTogether) {
  const Hull hull = *make(cube(1, 0));
  const testing::Pose singular{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const testing::Pose rows{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 0, 0, 1};
  const Result<double> distance = signed_distance(hull, hull, singular.data(), rows.data());
  ASSERT_FALSE(distance.ok());
  ASSERT_EQ(distance.errors().size(), 2U);
  EXPECT_EQ(distance.errors()[0].code, "singular-transform");
  EXPECT_EQ(distance.errors()[0].path, "pose_a");
  EXPECT_EQ(distance.errors()[1].code, "row-vectors");
  EXPECT_THAT(distance.errors()[1].message, ::testing::HasSubstr("transpose it"));
}

}  // namespace
}  // namespace rigjit::collision
