#include <gmock/gmock.h>

#include <cmath>

#include "engine/plan/sample_plan.h"
#include "plan/plan.h"
#include "reference/reference.h"

namespace rigjit::testing {
namespace {

using ::testing::ElementsAre;

TEST(RestVec, IsTheNeutralPoseOfEachTransformation) {
  EXPECT_THAT(rest_vec(sample_plan()), ElementsAre(0, 0, (1.0f - 1.1f) / 0.9f,  //
                                                   1, 0, 0, 0, 1, 0,            // rows
                                                   0, 1,                        // sine, cosine
                                                   1, 0,                        // cosine, sine
                                                   0, 0, 0,                     // attributes
                                                   1, 0, 0, 1, 0, 0));          // interleaved
}

TEST(RestVec, GivesTheNeutralPose) {
  const Plan plan = plan_of([](PlanBuilder& b) {
    b.translation(0, 28, 7);
    b.scale(2, 0.25f, 3);
    b.rotation3d(RotateOrder::kYXZ, Rot6dLayout::kColumns, AngleUnit::kDegrees,
                 RotationOutput::kEuler);
    b.rotation3d(RotateOrder::kXYZ, Rot6dLayout::kInterleaved, AngleUnit::kDegrees,
                 RotationOutput::kQuaternion);
  });
  EXPECT_THAT(evaluate(plan, rest_vec(plan)), ElementsAre(0, 1, 0, 0, 0, 1, 0, 0, 0));
}

TEST(RestVec, HasNoNegativeZero) {
  const Plan plan = plan_of([](PlanBuilder& b) { b.translation(0, -2, 0); });
  EXPECT_FALSE(std::signbit(rest_vec(plan)[0]));
}

TEST(RestVec, IsFiniteWhereTheNeutralPoseIsOutOfReach) {
  const Plan plan = plan_of([](PlanBuilder& b) {
    b.translation(0, 1e-30f, 1e30f);
    b.translation(1, -1e-44f, 3e38f);
    b.scale(0, 1e-40f, 0);
  });
  const std::vector<float> vec = rest_vec(plan);
  EXPECT_THAT(vec, ElementsAre(-3.40282347e38f, 3.40282347e38f, 3.40282347e38f));
  EXPECT_TRUE(diagnose(plan, vec).empty());
}

}  // namespace
}  // namespace rigjit::testing
