// The mirror image of a vector against that of its pose.
#include "compare/mirror_map.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <random>

#include "engine/random_plan.h"
#include "engine/rotation_math.h"
#include "reference/reference.h"

namespace rigjit::testing {
namespace {

using ::testing::ElementsAre;

std::vector<float> mirrored(const Plan& plan, const std::vector<float>& vec) {
  std::vector<float> out(vec.size());
  mirror(mirror_map(plan), vec.data(), 1, out.data());
  return out;
}

// Controllers "l" and "r" with the same transformations, signs one a channel of a controller.
template <typename Fill>
Plan pair_of(Fill fill, std::vector<int8_t> signs) {
  PlanBuilder builder;
  for (const char* name : {"l", "r"}) {
    builder.begin_controller(name);
    fill(builder, name[0] == 'l');
  }
  std::vector<int8_t> both = signs;
  both.insert(both.end(), signs.begin(), signs.end());
  builder.mirror({{1, 0}, both});
  return std::move(builder).build();
}

TEST(MirrorMap, AffineValuesGoThroughThePartnersCoefficients) {
  const Plan plan = pair_of(
      [](PlanBuilder& b, bool left) {
        b.translation(0, left ? 2 : 4, left ? 1 : -3);
        b.scale(1, left ? 0.5f : 0.25f, 1);
      },
      {-1, 1});
  const std::vector<float> out = mirrored(plan, {3, 1, 0.5f, 2});
  // 7 and -1 become 1 and -7; 1.5 stays.
  EXPECT_THAT(out, ElementsAre(0, 1, -1, 2));
  EXPECT_THAT(evaluate(plan, std::vector<float>{3, 1, 0.5f, 2}), ElementsAre(7, 1.5, -1, 1.5));
  EXPECT_THAT(evaluate(plan, out), ElementsAre(1, 1.5, -7, 1.5));
}

TEST(MirrorMap, IsExactWhereCoefficientsAgreeAlsoForZeros) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.translation(0, 0.1f, 0);
  builder.translation(1, 0.1f, 3);
  builder.mirror({{0}, {-1, 1}});
  const Plan plan = std::move(builder).build();
  for (const float v : {0.0f, -0.0f, 1e-42f, 0.3f, -3e38f}) {
    const std::vector<float> out = mirrored(plan, {v, v});
    EXPECT_EQ(std::bit_cast<uint32_t>(out[0]), std::bit_cast<uint32_t>(-v));
    EXPECT_EQ(std::bit_cast<uint32_t>(out[1]), std::bit_cast<uint32_t>(v));
  }
  EXPECT_TRUE(std::isnan(mirrored(plan, {NAN, INFINITY})[0]));
  EXPECT_TRUE(std::isinf(mirrored(plan, {NAN, INFINITY})[1]));
}

TEST(MirrorMap, AnglesKeepTheirOrderOfSineAndCosine) {
  const Plan plan =
      pair_of([](PlanBuilder& b, bool left) { b.rotation1d(1, left, AngleUnit::kDegrees); }, {-1});
  // cos, sin of l; sin, cos of r
  EXPECT_THAT(mirrored(plan, {0.6f, 0.8f, 0.28f, 0.96f}), ElementsAre(0.96f, -0.28f, -0.8f, 0.6f));
}

TEST(MirrorMap, RotationsOfEveryOrderAndLayoutTakeTheSignsOfTheirAngles) {
  std::mt19937_64 bits(20);
  std::uniform_real_distribution<double> angle(-1.5, 1.5);
  for (int order = 0; order < 6; ++order) {
    for (int layout = 0; layout < 3; ++layout) {
      for (const std::vector<int8_t>& signs :
           {std::vector<int8_t>{1, -1, -1}, {-1, 1, -1}, {-1, -1, 1}, {1, 1, 1}}) {
        const auto rotate_order = static_cast<RotateOrder>(order);
        const auto rot6d_layout = static_cast<Rot6dLayout>(layout);
        const Plan plan = pair_of(
            [&](PlanBuilder& b, bool) {
              b.rotation3d(rotate_order, rot6d_layout, AngleUnit::kRadians, RotationOutput::kEuler);
            },
            signs);
        const std::array<double, 3> angles = {angle(bits), angle(bits), angle(bits)};
        std::vector<float> vec(12, 0);
        const auto six = rot6d(euler_matrix(rotate_order, angles), rot6d_layout, 2, 0.5);
        for (std::size_t i = 0; i < 6; ++i) vec[i] = static_cast<float>(six[i]);
        const std::vector<float> out = mirrored(plan, vec);
        std::vector<float> right(out.begin() + 6, out.end());
        right.insert(right.end(), {1, 0, 0, 0, 1, 0});
        const std::vector<double> values = evaluate(plan, right);
        const Matrix3 expected = euler_matrix(
            rotate_order, {signs[0] * angles[0], signs[1] * angles[1], signs[2] * angles[2]});
        EXPECT_LT(degrees_between(euler_matrix(rotate_order, {values[0], values[1], values[2]}),
                                  expected),
                  1e-4)
            << order << " " << layout;
        EXPECT_THAT(mirrored(plan, out), ::testing::ContainerEq(vec));
      }
    }
  }
}

TEST(MirrorMap, PartnersMayHaveTheirTransformationsInAnotherOrder) {
  PlanBuilder builder;
  builder.begin_controller("l");
  builder.attribute("a", 1, 0, -1, 1);
  builder.constant("only", 1);
  builder.translation(0, 1, 0);
  builder.begin_controller("c");
  builder.constant("nothing", 1);
  builder.begin_controller("r");
  builder.translation(0, 1, 0);
  builder.attribute("a", 1, 0, -2, 2);
  builder.mirror({{2, 1, 0}, {1, 1, -1, 1, -1, 1}});
  const Plan plan = std::move(builder).build();
  EXPECT_THAT(mirrored(plan, {1, 2, 3, 4}), ElementsAre(4, -3, -2, 1));
}

TEST(MirrorMap, TypesGoThroughThePartnersCoefficientsToo) {
  const Plan plan = pair_of(
      [](PlanBuilder& b, bool left) {
        b.bool_attribute("on", left ? 1 : -1, left ? 0 : 1);
        b.int_attribute("count", left ? 2 : 1, 0, {-10, 10});
        b.enum_attribute("mode", {"IK", "FK", "off"}, 1, left ? 0 : 1, LimitRule::kClamp);
        b.one_hot_attribute("space", {"world", "hand"});
      },
      {1, -1, 1, 1});
  const std::vector<float> vec = {0.9f, 1.5f, 2, 0.1f, 0.7f, 0.9f, 4, -1, 0.6f, 0.2f};
  const std::vector<float> out = mirrored(plan, vec);
  EXPECT_THAT(evaluate(plan, vec), ElementsAre(1, 3, 2, 1, 0, 4, 0, 0));
  EXPECT_THAT(evaluate(plan, out), ElementsAre(0, -4, 0, 0, 1, -3, 2, 1));
  EXPECT_THAT(std::vector(out.begin() + 3, out.begin() + 5), ElementsAre(0.6f, 0.2f));
}

TEST(MirrorMap, ABatchIsItsFrames) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.translation(0, 1, 0);
  builder.translation(2, 1, 0);
  builder.mirror({{0}, {-1, 1}});
  const Plan plan = std::move(builder).build();
  const std::vector<float> vecs = {1, 2, 3, 4, 5, 6};
  std::vector<float> out(6);
  mirror(mirror_map(plan), vecs.data(), 3, out.data());
  EXPECT_THAT(out, ElementsAre(-1, 2, -3, 4, -5, 6));
}

}  // namespace
}  // namespace rigjit::testing
