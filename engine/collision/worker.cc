#include "collision/worker.h"

#include <algorithm>
#include <bit>

namespace rigjit::collision {

Worker::Worker(const Batch& batch, Missing& missing)
    : batch_(batch),
      missing_(missing),
      transforms_(batch.transforms, batch.hulls.hulls.size()),
      block_(batch.hulls),
      solver_(batch.kernel) {}

void Worker::solve(const Task& task, bool with_points, Sink& sink) {
  if (task.first_frame != known_frame_) {
    block_.set(transforms_, task.first_frame, task.lanes);
    known_frame_ = task.first_frame;
    set_lanes(task);
  }
  lane_task_.with_points = with_points;
  for (std::size_t pair = task.first_pair; pair < task.end_pair; ++pair) {
    solve_pair(task, pair, sink);
  }
}

void Worker::set_lanes(const Task& task) {
  lane_task_.live = 0;
  for (int lane = 0; lane < task.lanes; ++lane) {
    const std::size_t frame = task.first_frame + static_cast<std::size_t>(lane);
    const bool is_good = batch_.valid == nullptr || batch_.valid[frame] != 0;
    lane_task_.live |= static_cast<uint32_t>(is_good) << lane;
    lane_task_.max_distance[lane] = static_cast<float>(batch_.max_distance / block_.unit(lane));
  }
}

void Worker::solve_pair(const Task& task, std::size_t pair, Sink& sink) {
  // In order, so that a pair has the same bits either way round.
  const auto [first, second] = batch_.pairs[pair];
  const auto i = static_cast<std::size_t>(std::min(first, second));
  const auto j = static_cast<std::size_t>(std::max(first, second));
  const Vertices& a = batch_.hulls.hulls[i].data()->vertices;
  const Vertices& b = batch_.hulls.hulls[j].data()->vertices;
  if (std::max(a.count, b.count) > kMaxLaneVertices) {
    answers_.doubtful = lane_task_.live;
  } else {
    batch_.kernel.solve_lanes(a, b, block_.lanes_of(i), block_.lanes_of(j), lane_task_, answers_);
  }
  sink.take(block_, task, pair, lane_task_.live & ~answers_.doubtful, answers_);
  for (uint32_t left = answers_.doubtful; left != 0; left &= left - 1) {
    solve_lane(task, pair, i, j, std::countr_zero(left), sink);
  }
  const uint32_t all = (uint32_t{1} << task.lanes) - 1;
  for (uint32_t bad = all & ~lane_task_.live; bad != 0; bad &= bad - 1) {
    sink.take_none(task, pair, std::countr_zero(bad));
  }
}

void Worker::solve_lane(const Task& task, std::size_t pair, std::size_t i, std::size_t j, int lane,
                        Sink& sink) {
  Answer answer;
  if (solver_.solve(*batch_.hulls.hulls[i].data(), block_.body(i, lane),
                    *batch_.hulls.hulls[j].data(), block_.body(j, lane), answer)) {
    sink.take(block_, task, pair, lane, answer);
    return;
  }
  missing_.add(task.first_frame + static_cast<std::size_t>(lane), pair);
  sink.take_none(task, pair, lane);
}

}  // namespace rigjit::collision
