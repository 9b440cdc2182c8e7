// The hulls of a character: batches, contacts, pairs at rest, files, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "engine/collision/random_hulls.h"
#include "rigjit/collision.h"

namespace rigjit::collision {
namespace {

using testing::Pose;
constexpr std::size_t kHulls = 6;

// Some limbs that move about, and every pair of them.
class Character : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<NamedPoints> clouds;
    for (std::size_t i = 0; i < kHulls; ++i) {
      points_.push_back(testing::sphere_points(20 + 9 * static_cast<int>(i), random_));
      for (testing::Point& p : points_.back()) p[2] *= 1 + 0.5 * static_cast<double>(i);
    }
    for (std::size_t i = 0; i < kHulls; ++i) {
      clouds.push_back({"limb" + std::to_string(i), points_[i].front().data(), points_[i].size()});
    }
    hulls_.emplace(*Hulls::make(clouds));
    move(50);
    for (int32_t i = 0; i < static_cast<int32_t>(kHulls); ++i) {
      for (int32_t j = i + 1; j < static_cast<int32_t>(kHulls); ++j) pairs_.push_back({i, j});
    }
  }

  void move(std::size_t frames) {
    transforms_.clear();
    for (std::size_t i = 0; i < frames * kHulls; ++i) {
      const Pose pose = testing::random_rigid_pose(1.5, random_);
      transforms_.insert(transforms_.end(), pose.begin(), pose.end());
    }
  }

  Transforms where(std::size_t first = 0, std::size_t frames = 50) const {
    Transforms where;
    where.doubles = transforms_.data() + first * kHulls * 16;
    where.frames = frames;
    return where;
  }

  std::vector<float> distances(const Transforms& where, const DistanceOptions& options = {}) const {
    std::vector<float> out(where.frames * pairs_.size());
    const Status status =
        hulls_->signed_distance(where, pairs_.data(), pairs_.size(), options, out.data());
    EXPECT_TRUE(status.ok());
    return out;
  }

  ContactList contacts(const Transforms& where, const ContactOptions& options) const {
    Result<ContactList> found = hulls_->contacts(where, pairs_.data(), pairs_.size(), options);
    EXPECT_TRUE(found.ok());
    return *std::move(found);
  }

  std::mt19937_64 random_{3};
  std::vector<std::vector<testing::Point>> points_;
  std::optional<Hulls> hulls_;
  std::vector<double> transforms_;
  std::vector<Pair> pairs_;
};
using CollisionHulls = Character;

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return std::ranges::equal(a, b, {}, std::bit_cast<uint32_t, float>,
                            std::bit_cast<uint32_t, float>);
}

TEST_F(CollisionHulls, BitsDependOnNeitherSplitNorThreads) {
  const std::vector<float> all = distances(where());
  DistanceOptions threads;
  threads.threads = 3;
  EXPECT_TRUE(same_bits(distances(where(), threads), all));
  for (const std::size_t step : {1, 3, 4, 7, 16, 33}) {
    std::vector<float> parts;
    for (std::size_t first = 0; first < 50; first += step) {
      const std::vector<float> part =
          distances(where(first, std::min<std::size_t>(step, 50 - first)));
      parts.insert(parts.end(), part.begin(), part.end());
    }
    EXPECT_TRUE(same_bits(parts, all)) << step;
  }
}

TEST_F(CollisionHulls, ManyThreadsSplitPairsToo) {
  move(40);
  std::vector<Pair> many = pairs_;
  for (Pair& pair : pairs_) std::swap(pair[0], pair[1]);
  const std::vector<float> swapped = distances(where(0, 40));
  pairs_ = many;
  EXPECT_TRUE(same_bits(distances(where(0, 40)), swapped));
}

TEST_F(CollisionHulls, PairsOfABatchAreThoseOfSingleCalls) {
  const std::vector<float> all = distances(where());
  int overlapping = 0;
  for (std::size_t frame = 0; frame < 50; ++frame) {
    for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
      const auto [a, b] = pairs_[pair];
      const double* poses = transforms_.data() + frame * kHulls * 16;
      const double expected =
          *signed_distance((*hulls_)[static_cast<std::size_t>(a)],
                           (*hulls_)[static_cast<std::size_t>(b)], poses + 16 * a, poses + 16 * b);
      ASSERT_NEAR(all[frame * pairs_.size() + pair], expected, 2e-5);
      overlapping += expected < 0;
    }
  }
  EXPECT_GT(overlapping, 50);
}

TEST_F(CollisionHulls, MaxDistance) {
  const std::vector<float> all = distances(where());
  for (const float limit : {-0.2F, 0.0F, 0.7F}) {
    DistanceOptions options;
    options.max_distance = limit;
    const std::vector<float> near = distances(where(), options);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (std::abs(all[i] - limit) < 1e-5F) continue;
      if (all[i] > limit) {
        EXPECT_EQ(near[i], std::numeric_limits<float>::infinity());
      } else {
        EXPECT_NEAR(near[i], all[i], 2e-5F);
      }
    }
  }
}

TEST_F(CollisionHulls, ContactsAreTheDistances) {
  const std::vector<float> all = distances(where());
  for (const float limit : {0.0F, 0.5F, std::numeric_limits<float>::infinity()}) {
    ContactOptions options;
    options.max_distance = limit;
    const ContactList found = contacts(where(), options);
    DistanceOptions distance_options;
    distance_options.max_distance = limit;
    const std::vector<float> near = distances(where(), distance_options);
    std::size_t next = 0;
    for (std::size_t i = 0; i < near.size(); ++i) {
      if (std::isinf(near[i])) continue;
      ASSERT_LT(next, found.size());
      EXPECT_EQ(found[next].frame, static_cast<int32_t>(i / pairs_.size()));
      EXPECT_EQ(found[next].pair, static_cast<int32_t>(i % pairs_.size()));
      EXPECT_EQ(found[next].distance, near[i]);
      ++next;
    }
    EXPECT_EQ(next, found.size());
    options.threads = 4;
    const ContactList again = contacts(where(), options);
    ASSERT_EQ(again.size(), found.size());
    EXPECT_EQ(std::memcmp(again.data(), found.data(), found.size() * sizeof(Contact)), 0);
  }
}

// Whether a point of the world lies in a hull, or on it.
double outside(const Hull& hull, const double* pose, const double* world) {
  double most = -1e300;
  for (const auto& face : hull.faces()) {
    testing::Point corners[3];
    Pose placed;
    std::copy_n(pose, 16, placed.begin());
    for (std::size_t i = 0; i < 3; ++i) {
      corners[i] = testing::transformed(placed, hull.vertices()[static_cast<std::size_t>(face[i])]);
    }
    double u[3], w[3], n[3], length = 0, height = 0;
    for (int i = 0; i < 3; ++i) {
      u[i] = corners[1][static_cast<std::size_t>(i)] - corners[0][static_cast<std::size_t>(i)];
      w[i] = corners[2][static_cast<std::size_t>(i)] - corners[0][static_cast<std::size_t>(i)];
    }
    for (int i = 0; i < 3; ++i) {
      n[i] = u[(i + 1) % 3] * w[(i + 2) % 3] - u[(i + 2) % 3] * w[(i + 1) % 3];
      length += n[i] * n[i];
      height += n[i] * (world[i] - corners[0][static_cast<std::size_t>(i)]);
    }
    most = std::max(most, height / std::sqrt(length));
  }
  return most;
}

TEST_F(CollisionHulls, PointsLieOnTheHullsAndTheNormalIsTheGradient) {
  ContactOptions options;
  options.max_distance = std::numeric_limits<float>::infinity();
  const ContactList found = contacts(where(), options);
  ASSERT_EQ(found.size(), 50 * pairs_.size());
  for (const Contact& contact : found) {
    const auto [a, b] = pairs_[static_cast<std::size_t>(contact.pair)];
    const Hull& hull_a = (*hulls_)[static_cast<std::size_t>(a)];
    const Hull& hull_b = (*hulls_)[static_cast<std::size_t>(b)];
    const double* poses =
        transforms_.data() + static_cast<std::size_t>(contact.frame) * kHulls * 16;
    EXPECT_NEAR(outside(hull_a, poses + 16 * a, contact.point_a), 0, 3e-5);
    EXPECT_NEAR(outside(hull_b, poses + 16 * b, contact.point_b), 0, 3e-5);
    Pose ahead;
    Pose behind;
    std::copy_n(poses + 16 * b, 16, ahead.begin());
    behind = ahead;
    constexpr double kStep = 1e-5;
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(contact.point_b[i] - contact.point_a[i], contact.distance * contact.normal[i],
                  1e-5);
      ahead[4 * i + 3] += kStep * contact.normal[i];
      behind[4 * i + 3] -= kStep * contact.normal[i];
    }
    const double slope = (*signed_distance(hull_a, hull_b, poses + 16 * a, ahead.data()) -
                          *signed_distance(hull_a, hull_b, poses + 16 * a, behind.data())) /
                         (2 * kStep);
    // Where two directions end equally soon the slope has a kink.
    EXPECT_NEAR(slope, 1, 2e-2);
  }
}

TEST_F(CollisionHulls, SwappedPairsHaveTheOtherNormal) {
  const ContactList found = contacts(where(), {});
  for (Pair& pair : pairs_) std::swap(pair[0], pair[1]);
  const ContactList swapped = contacts(where(), {});
  ASSERT_EQ(found.size(), swapped.size());
  ASSERT_FALSE(found.empty());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].distance, swapped[i].distance);
    for (int axis = 0; axis < 3; ++axis) {
      EXPECT_EQ(found[i].normal[axis], -swapped[i].normal[axis]);
      EXPECT_EQ(found[i].point_a[axis], swapped[i].point_b[axis]);
    }
  }
}

TEST_F(CollisionHulls, AllowedDepths) {
  const std::vector<float> rest = distances(where(0, 1));
  std::vector<float> depths;
  for (const float distance : rest) depths.push_back(std::max(-distance, 0.0F));
  ContactOptions options;
  options.depths = depths.data();
  options.depth_count = depths.size();
  ContactList found = contacts(where(0, 1), options);
  EXPECT_TRUE(found.empty());  // what overlaps at rest is not reported again
  const float one = 0.3F;
  options.depths = &one;
  options.depth_count = 1;
  found = contacts(where(), options);
  std::size_t deeper = 0;
  for (const float distance : distances(where())) deeper += distance < -one - 1e-4F;
  EXPECT_NEAR(static_cast<double>(found.size()), static_cast<double>(deeper), 1);
  EXPECT_GT(deeper, 0U);
}

TEST_F(CollisionHulls, FarFromTheOriginLosesNothing) {
  const std::vector<float> here = distances(where());
  std::vector<double> moved = transforms_;
  for (std::size_t i = 0; i < moved.size(); i += 16) {
    moved[i + 3] += 1048576 * 64.0;  // a power of two, so that the sum is nearly exact
    moved[i + 7] -= 1048576 * 32.0;
  }
  Transforms far = where();
  far.doubles = moved.data();
  const std::vector<float> there = distances(far);
  for (std::size_t i = 0; i < here.size(); ++i) EXPECT_NEAR(there[i], here[i], 1e-6F);
}

TEST_F(CollisionHulls, FloatsAndThreeRows) {
  std::vector<float> floats;
  std::vector<double> three_rows;
  for (std::size_t i = 0; i < transforms_.size(); ++i) {
    floats.push_back(static_cast<float>(transforms_[i]));
    if (i % 16 < 12) three_rows.push_back(transforms_[i]);
  }
  const std::vector<float> expected = distances(where());
  Transforms other;
  other.floats = floats.data();
  other.frames = 50;
  const std::vector<float> of_floats = distances(other);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(of_floats[i], expected[i], 1e-5F);
  Transforms rows = where();
  rows.doubles = three_rows.data();
  rows.rows = 3;
  EXPECT_TRUE(same_bits(distances(rows), expected));
}

TEST_F(CollisionHulls, MistakesComeTogether) {
  constexpr std::size_t kLimb3 = 3 * 16;
  transforms_[kLimb3 + 5] = std::numeric_limits<double>::quiet_NaN();
  const std::size_t frame7 = 7 * kHulls * 16;
  for (std::size_t i = 0; i < 3; ++i) transforms_[frame7 + 4 * i + 1] = 0;
  const std::size_t frame9 = (9 * kHulls + 2) * 16;
  for (std::size_t i = 0; i < 3; ++i)
    std::swap(transforms_[frame9 + 12 + i], transforms_[frame9 + 4 * i + 3]);
  pairs_.push_back({2, 1});
  pairs_.push_back({4, 4});
  pairs_.push_back({0, 6});
  pairs_.push_back({-1, 3});
  DistanceOptions options;
  options.max_distance = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> out(50 * pairs_.size(), 7);
  const Status status =
      hulls_->signed_distance(where(), pairs_.data(), pairs_.size(), options, out.data());
  ASSERT_FALSE(status.ok());
  std::vector<std::string> found;
  for (const Error& error : status.errors())
    found.push_back(error.code + " " + error.path.value_or(""));
  EXPECT_THAT(found, ::testing::ElementsAre(
                         "bad-pair pairs[15]", "bad-pair pairs[16]", "bad-pair pairs[17]",
                         "bad-pair pairs[18]", "bad-max-distance max_distance",
                         "not-finite transforms[0, 3]", "singular-transform transforms[7, 0]",
                         "row-vectors transforms[9, 2]"));
  EXPECT_THAT(status.errors()[0].message,
              ::testing::HasSubstr("'limb2' and 'limb1' are pair 5 already"));
  EXPECT_THAT(status.errors()[7].message, ::testing::HasSubstr("transpose it"));
  EXPECT_THAT(status.errors()[5].message, ::testing::HasSubstr("'limb3': row 1, column 1 is nan"));
  EXPECT_THAT(out, ::testing::Each(7.0F));
}

TEST_F(CollisionHulls, MistakesAreBounded) {
  std::ranges::fill(transforms_, 0.0);
  const Status status = hulls_->signed_distance(where(), nullptr, 0, {}, nullptr);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.errors().size(), 101U);
  EXPECT_THAT(status.errors().back().message, ::testing::HasSubstr("200 more"));
}

TEST_F(CollisionHulls, MaskInsteadOfErrors) {
  const std::vector<float> expected = distances(where());
  transforms_[(5 * kHulls + 3) * 16 + 3] = std::numeric_limits<double>::infinity();
  std::vector<uint8_t> valid(50, 9);
  DistanceOptions options;
  options.valid = valid.data();
  const std::vector<float> found = distances(where(), options);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i / pairs_.size() == 5) {
      EXPECT_TRUE(std::isnan(found[i]));
    } else {
      EXPECT_EQ(found[i], expected[i]);
    }
  }
  for (std::size_t frame = 0; frame < 50; ++frame) EXPECT_EQ(valid[frame], frame == 5 ? 0 : 1);
  ContactOptions contact_options;
  contact_options.valid = valid.data();
  for (const Contact& contact : contacts(where(), contact_options)) EXPECT_NE(contact.frame, 5);
}

TEST_F(CollisionHulls, NoFramesAndNoPairs) {
  EXPECT_TRUE(distances(where(0, 0)).empty());
  pairs_.clear();
  EXPECT_TRUE(distances(where()).empty());
  EXPECT_TRUE(contacts(where(), {}).empty());
}

TEST_F(CollisionHulls, PairsAtRest) {
  transforms_.clear();
  for (std::size_t i = 0; i < kHulls; ++i) {  // in a row, the last two overlapping
    const double x = 3 * std::min<double>(static_cast<double>(i), 4.2);
    const Pose pose{1, 0, 0, x, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    transforms_.insert(transforms_.end(), pose.begin(), pose.end());
  }
  const int32_t parents[kHulls] = {-1, 0, 1, 2, -1, -1};
  const Result<PairList> list = hulls_->pairs(where(0, 1), parents, 1.5);
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->pairs.size() + list->ignored.size(), 15U);
  EXPECT_EQ(list->ignored.size(), 5U);  // three children, two neighbours in the row
  int deep = 0;
  for (const IgnoredPair& ignored : list->ignored)
    deep += ignored.why.find("deep") != std::string::npos;
  EXPECT_EQ(deep, 1);
  EXPECT_EQ(list->ignored.front().why, "parent and child");
  const int32_t wrong[kHulls] = {-1, 1, 9, 0, 0, 0};
  const Result<PairList> refused = hulls_->pairs(where(0, 1), wrong, -1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.errors().size(), 3U);
}

TEST_F(CollisionHulls, Files) {
  const std::string path = ::testing::TempDir() + "/hulls.safetensors";
  ASSERT_TRUE(hulls_->save(path).ok());
  const Result<Hulls> loaded = Hulls::load(path);
  ASSERT_TRUE(loaded.ok()) << to_string(loaded.errors());
  EXPECT_EQ(loaded->names(), hulls_->names());
  for (std::size_t i = 0; i < kHulls; ++i) {
    EXPECT_EQ((*loaded)[i].vertices(), (*hulls_)[i].vertices());
    EXPECT_EQ((*loaded)[i].faces(), (*hulls_)[i].faces());
  }
  EXPECT_EQ(loaded->find("nobody"), nullptr);
  EXPECT_NE(loaded->find("limb2"), nullptr);
  EXPECT_EQ(Hulls::load("/nowhere/x").errors().front().code, "unreadable-file");
  EXPECT_EQ(hulls_->save("/nowhere/x").errors().front().code, "unwritable-file");

  std::ifstream in(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  for (int i = 0; i < 500; ++i) {  // damaged at random: an error or hulls, never a crash
    std::string damaged =
        bytes.substr(0, random_() % 8 == 0 ? random_() % bytes.size() : std::string::npos);
    for (int k = 0; k < 3 && !damaged.empty(); ++k) {
      damaged[random_() % std::min<std::size_t>(damaged.size(), 700)] =
          static_cast<char>(random_());
    }
    std::ofstream(path, std::ios::binary) << damaged;
    const Result<Hulls> read = Hulls::load(path);
    if (!read.ok()) {
      EXPECT_FALSE(read.errors().front().code.empty());
    }
  }
  std::filesystem::remove(path);
}

TEST(CollisionHullsMade, EveryMistakeWithItsName) {
  const double points[12] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
  const double flat[12] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0};
  const Result<Hulls> hulls =
      Hulls::make({{"a", points, 4}, {"b", points, 2}, {"c", flat, 4}, {"a", points, 4}});
  ASSERT_FALSE(hulls.ok());
  std::vector<std::string> found;
  for (const Error& error : hulls.errors())
    found.push_back(error.code + " " + error.path.value_or(""));
  EXPECT_THAT(found, ::testing::ElementsAre("duplicate-name a", "too-few-points b", "flat-hull c"));
  EXPECT_EQ(Hulls::make({}).errors().front().code, "no-hulls");
}

}  // namespace
}  // namespace rigjit::collision
