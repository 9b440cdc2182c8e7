#include <gmock/gmock.h>

#include <cfloat>
#include <limits>

#include "engine/plan/sample_plan.h"
#include "reference/reference.h"

namespace rigjit::testing {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Change {
  uint32_t index;
  float value;
};

// The sample's rest pose with some elements replaced.
Errors diagnosis(const std::vector<Change>& changes) {
  const Plan plan = sample_plan();
  std::vector<float> vec = rest_vec(plan);
  for (const auto& [index, value] : changes) vec[index] = value;
  return diagnose(plan, vec);
}

void expect_one(const std::vector<Change>& changes, const std::string& code,
                const std::string& path, const std::string& message) {
  const Errors errors = diagnosis(changes);
  ASSERT_EQ(errors.size(), 1u) << to_string(errors);
  EXPECT_EQ(errors[0].code, code);
  EXPECT_EQ(errors[0].path, path);
  EXPECT_EQ(errors[0].message, message);
  EXPECT_EQ(errors[0].category, Error::Category::kRig);
  EXPECT_FALSE(errors[0].file || errors[0].line || errors[0].column || errors[0].suggestion);
}

TEST(Diagnose, NothingWhenTheVectorIsFine) { EXPECT_TRUE(diagnosis({}).empty()); }

TEST(Diagnose, NotFinite) {
  expect_one({{1, kNan}}, "not-finite", "vec[1]",
             "x_main_CTRL.translateZ: an input is NaN (translation input 0, vec[1])");
  expect_one({{7, kInf}}, "not-finite", "vec[7]",
             "x_main_CTRL.rotateX: an input is Inf (rotation3d input 4, vec[7])");
  expect_one({{10, -kInf}}, "not-finite", "vec[10]",
             "l_elbow_CTRL.rotateY: an input is -Inf (rotation1d input 1, vec[10])");
  expect_one({{13, -kInf}}, "not-finite", "vec[13]",  // the clamp must not hide it
             "l_elbow_CTRL.FK_roll: an input is -Inf (attribute input 0, vec[13])");
  expect_one({{21, kNan}}, "not-finite", "vec[21]",
             "head.quaternionW: an input is NaN (rotation3d input 5, vec[21])");
}

TEST(Diagnose, NotFiniteOnceForATransformation) {
  expect_one({{3, kNan}, {5, kInf}, {8, kNan}}, "not-finite", "vec[3]",
             "x_main_CTRL.rotateX: an input is NaN (rotation3d input 0, vec[3])");
}

TEST(Diagnose, Overflow) {
  expect_one({{0, 3e38f}}, "overflow", "vec[0]",
             "x_main_CTRL.translateX: the value is too large for a float32 (translation input 0, "
             "vec[0])");
  const Plan clamped = plan_of([](PlanBuilder& b) { b.attribute("a", 10, 0, 0, 1); });
  const Errors errors = diagnose(clamped, std::vector<float>{-FLT_MAX});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "overflow");
}

TEST(Diagnose, ProductsMayExceedWhatTheSumDoesNot) {
  const Plan plan = plan_of([](PlanBuilder& b) { b.translation(0, 2, -FLT_MAX); });
  EXPECT_TRUE(diagnose(plan, std::vector<float>{FLT_MAX}).empty());
}

TEST(Diagnose, ZeroColumn) {
  expect_one({{3, 0}, {4, -0.0f}}, "zero-column", "vec[3]",
             "x_main_CTRL.rotateX: the first row of the rotation is zero (rotation3d inputs 0, 1 "
             "and 2, vec[3], vec[4] and vec[5])");
  expect_one({{19, 0}}, "zero-column", "vec[17]",
             "head.quaternionW: the second column of the rotation is zero (rotation3d inputs 1, 3 "
             "and 5, vec[17], vec[19] and vec[21])");
}

TEST(Diagnose, ParallelColumns) {
  expect_one({{7, 0}, {6, -4}}, "parallel-columns", "vec[3]",
             "x_main_CTRL.rotateX: the two rows of the rotation are parallel (rotation3d inputs "
             "0, 1, 2, 3, 4 and 5, vec[3], vec[4], vec[5], vec[6], vec[7] and vec[8])");
  expect_one({{17, 1}, {19, 4e-7f}}, "parallel-columns", "vec[16]",
             "head.quaternionW: the two columns of the rotation are parallel (rotation3d inputs "
             "0, 1, 2, 3, 4 and 5, vec[16], vec[17], vec[18], vec[19], vec[20] and vec[21])");
  EXPECT_TRUE(diagnosis({{17, 1}, {19, 2.1e-6f}}).empty());
}

TEST(Diagnose, TinyAndHugeColumnsAreFine) {
  EXPECT_TRUE(diagnosis({{3, 1e-42f}, {7, 1e-42f}}).empty());
  EXPECT_TRUE(diagnosis({{3, 1e-45f}, {7, 3e38f}}).empty());
}

TEST(Diagnose, ZeroAngle) {
  expect_one({{10, 0}}, "zero-angle", "vec[9]",
             "l_elbow_CTRL.rotateY: sine and cosine are both 0 (rotation1d inputs 0 and 1, vec[9] "
             "and vec[10])");
  expect_one({{11, -0.0f}}, "zero-angle", "vec[11]",
             "l_elbow_CTRL.rotateZ: sine and cosine are both 0 (rotation1d inputs 0 and 1, "
             "vec[11] and vec[12])");
  EXPECT_TRUE(diagnosis({{10, 1e-45f}}).empty());
}

TEST(Diagnose, EveryErrorInTheOrderOfTheVector) {
  std::vector<std::string> found;
  for (const Error& error : diagnosis({{21, kNan}, {10, 0}, {7, 0}, {0, 3e38f}, {1, kInf}})) {
    found.push_back(error.code + " " + *error.path);
  }
  EXPECT_THAT(found,
              ::testing::ElementsAre("overflow vec[0]", "not-finite vec[1]", "zero-column vec[6]",
                                     "zero-angle vec[9]", "not-finite vec[21]"));
}

TEST(DiagnoseRefused, NamesTheMostParallelColumnsAtLast) {
  PlanBuilder builder;
  for (const char* name : {"upright", "flat"}) {
    builder.begin_controller(name);
    builder.rotation3d(RotateOrder::kXYZ, Rot6dLayout::kColumns, AngleUnit::kDegrees,
                       RotationOutput::kEuler);
  }
  const Plan plan = std::move(builder).build();
  const std::vector<float> vec = {1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 2e-6f, 0};
  EXPECT_TRUE(diagnose(plan, vec).empty());
  const Errors errors = diagnose_refused(plan, vec);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "parallel-columns");
  EXPECT_EQ(errors[0].path, "vec[6]");
}

}  // namespace
}  // namespace rigjit::testing
