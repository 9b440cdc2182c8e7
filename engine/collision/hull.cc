// A hull, and the distance of two.
#include <algorithm>
#include <string>
#include <utility>

#include "base/default_float_env.h"
#include "collision/error_text.h"
#include "collision/frame_block.h"
#include "collision/hull_data.h"
#include "collision/kernels.h"
#include "collision/pair_solver.h"
#include "collision/point_cloud.h"
#include "collision/transforms.h"

namespace rigjit::collision {
namespace {

constexpr double kIdentity[16] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};

// A pose as a call's transforms of one frame and one hull.
TransformReader reader_of(const double* pose, int rows) {
  Transforms transforms;
  transforms.doubles = pose != nullptr ? pose : kIdentity;
  transforms.frames = 1;
  transforms.rows = rows;
  return {transforms, 1};
}

void check_pose(const TransformReader& pose, const char* name, Errors& errors) {
  const char* problem = pose.problem(0, 0);
  if (problem == nullptr) return;
  Error error = make_error(problem, std::string(name) + ": " + pose.words(problem, 0, 0));
  error.path = name;
  errors.push_back(std::move(error));
}

PairSolver& solver_of_thread() {
  static thread_local PairSolver solver(default_kernel());
  return solver;
}

}  // namespace

Result<Hull> Hull::make(const double* points, std::size_t count, const std::string& name) {
  const DefaultFloatEnv float_env;
  Result<std::shared_ptr<const HullData>> made = hull_of_points(points, count, name);
  if (!made) return std::move(made).errors();
  return Hull(std::move(made).value());
}

const std::vector<std::array<double, 3>>& Hull::vertices() const noexcept { return data_->points; }
const std::vector<std::array<int32_t, 3>>& Hull::faces() const noexcept { return data_->faces; }
double Hull::thickness() const noexcept { return data_->thickness; }
double Hull::size() const noexcept { return data_->size; }

Result<double> signed_distance(const Hull& a, const Hull& b, const double* pose_a,
                               const double* pose_b, int rows) {
  const DefaultFloatEnv float_env;
  const TransformReader reader_a = reader_of(pose_a, rows);
  const TransformReader reader_b = reader_of(pose_b, rows);
  Errors errors;
  check_pose(reader_a, "pose_a", errors);
  check_pose(reader_b, "pose_b", errors);
  if (!errors.empty()) return errors;
  Body body_a = body_of(*a.data(), reader_a.read(0, 0));
  Body body_b = body_of(*b.data(), reader_b.read(0, 0));
  const double unit = unit_for(std::max(body_a.radius, body_b.radius));
  scale(body_a, 1 / unit);
  scale(body_b, 1 / unit);
  Answer answer;
  if (!solver_of_thread().solve(*a.data(), body_a, *b.data(), body_b, answer)) {
    return make_error("no-answer", "no certain distance was found");
  }
  return answer.distance * unit;
}

}  // namespace rigjit::collision
