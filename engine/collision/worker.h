// Solves tasks on one thread: lanes first, then what is doubtful one by one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "collision/frame_block.h"
#include "collision/missing.h"
#include "collision/pair_solver.h"
#include "collision/schedule.h"

namespace rigjit::collision {

// Where answers go. They are of the hull with the lower index as a, in the frames' units.
class Sink {
 public:
  virtual ~Sink() = default;
  // One pair in all lanes of `live` (bits).
  virtual void take(const FrameBlock& block, const Task& task, std::size_t pair, uint32_t live,
                    const LaneAnswers& answers) = 0;
  // One lane that is not among those.
  virtual void take(const FrameBlock& block, const Task& task, std::size_t pair, int lane,
                    const Answer& answer) = 0;
  // A frame that is bad.
  virtual void take_none(const Task& task, std::size_t pair, int lane) = 0;
};

class Worker {
 public:
  Worker(const Batch& batch, Missing& missing);

  void solve(const Task& task, bool with_points, Sink& sink);

 private:
  static constexpr std::size_t kNoFrame = SIZE_MAX;

  void set_lanes(const Task& task);
  void solve_pair(const Task& task, std::size_t pair, Sink& sink);
  void solve_lane(const Task& task, std::size_t pair, std::size_t i, std::size_t j, int lane,
                  Sink& sink);

  const Batch& batch_;
  Missing& missing_;
  TransformReader transforms_;
  FrameBlock block_;
  PairSolver solver_;
  std::size_t known_frame_ = kNoFrame;  // the first in block_
  LaneTask lane_task_{};
  LaneAnswers answers_{};
};

}  // namespace rigjit::collision
