// Distances of a batch, into a caller's memory.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>

#include "collision/to_float.h"
#include "collision/worker.h"

namespace rigjit::collision {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinite = std::numeric_limits<float>::infinity();

class DistanceSink : public Sink {
 public:
  DistanceSink(const Batch& batch, float* out) : batch_(batch), out_(out) {}

  void take(const FrameBlock& block, const Task& task, std::size_t pair, uint32_t live,
            const LaneAnswers& answers) override {
    float row[kMaxLanes];
    for (int lane = 0; lane < kMaxLanes; ++lane) {
      row[lane] = static_cast<float>(answers.distance[lane] * block.unit(lane));
    }
    float* to = out_ + task.first_frame * batch_.pair_count + pair;
    for (; live != 0; live &= live - 1) {
      const int lane = std::countr_zero(live);
      const bool is_too_large = std::isinf(row[lane]) && std::isfinite(answers.distance[lane]);
      to[static_cast<std::size_t>(lane) * batch_.pair_count] =
          is_too_large ? std::numeric_limits<float>::max() : row[lane];
    }
  }
  void take(const FrameBlock& block, const Task& task, std::size_t pair, int lane,
            const Answer& answer) override {
    const float distance = to_float(answer.distance * block.unit(lane));
    at(task, pair, lane) = distance <= batch_.max_distance ? distance : kInfinite;
  }
  void take_none(const Task& task, std::size_t pair, int lane) override {
    at(task, pair, lane) = kNan;
  }

 private:
  float& at(const Task& task, std::size_t pair, int lane) {
    return out_[(task.first_frame + static_cast<std::size_t>(lane)) * batch_.pair_count + pair];
  }

  const Batch& batch_;
  float* out_;
};

}  // namespace

void solve_distances(const Batch& batch, float* out, ErrorList& errors) {
  const std::size_t threads = useful_threads(batch);
  const Tasks tasks(batch, threads);
  Missing missing(batch);
  run_tasks(tasks, threads, [&] {
    return [worker = std::make_unique<Worker>(batch, missing), sink = DistanceSink(batch, out)](
               const Task& task) mutable { worker->solve(task, false, sink); };
  });
  for (const std::size_t frame : missing.settle(errors)) {
    std::fill_n(out + frame * batch.pair_count, batch.pair_count, kNan);
  }
}

}  // namespace rigjit::collision
