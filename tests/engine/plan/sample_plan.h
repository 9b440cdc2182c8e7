// A small plan that has one of everything.
#pragma once

#include <limits>

#include "plan/plan.h"

namespace rigjit::testing {

inline constexpr float kNoLimit = std::numeric_limits<float>::infinity();

inline Plan sample_plan() {
  PlanBuilder builder;
  builder.begin_controller("x_main_CTRL");
  builder.translation(0, 25.0f, 0.0f);
  builder.translation(2, 0.1f, -0.0f);
  builder.scale(1, 0.9f, 1.1f);
  builder.rotation3d(RotateOrder::kZXY, Rot6dLayout::kRows, AngleUnit::kDegrees,
                     RotationOutput::kEuler);
  builder.begin_controller("l_elbow_CTRL");
  builder.rotation1d(1, false, AngleUnit::kDegrees);
  builder.rotation1d(2, true, AngleUnit::kRadians);
  builder.attribute("FK_roll", 0.5f, 0.5f, 0.0f, 1.0f);
  builder.attribute("bend", 1.0f, 0.0f, -kNoLimit, 2.5f);
  builder.attribute("curl", -1e-20f, 3e38f, -0.0f, kNoLimit);
  builder.constant("IK_FK", 1.0f);
  builder.begin_controller("head");
  builder.rotation3d(RotateOrder::kYZX, Rot6dLayout::kInterleaved, AngleUnit::kRadians,
                     RotationOutput::kQuaternion);
  builder.constant("rest", -0.0f);
  return std::move(builder).build();
}

// One controller "c" whose transformations `fill` adds.
template <class Fill>
Plan plan_of(Fill fill) {
  PlanBuilder builder;
  builder.begin_controller("c");
  fill(builder);
  return std::move(builder).build();
}

}  // namespace rigjit::testing
