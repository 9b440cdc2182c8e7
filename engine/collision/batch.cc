#include "collision/batch.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <exception>
#include <limits>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "base/default_float_env.h"
#include "collision/frame_block.h"
#include "collision/pair_solver.h"

namespace rigjit::collision {
namespace {

// Of an allowed depth, of the sum of the radii: how much deeper a pair must be.
constexpr double kDepthAccuracy = 1e-5;
// Pairs times frames that take several times as long as starting a thread.
constexpr std::size_t kLeastWorkAThread = 4096;
// So that threads which start late or share their core do less.
constexpr std::size_t kTasksAThread = 8;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::size_t usable_cores() noexcept {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof(cores), &cores) == 0) {
    return static_cast<std::size_t>(CPU_COUNT(&cores));
  }
  return std::max(std::thread::hardware_concurrency(), 1u);  // more cores than a cpu_set_t holds
}

// A finite distance stays finite.
float to_float(double distance) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(distance, -kMost, kMost));
}

// Some pairs in a block of frames: what a thread takes at once.
struct Task {
  std::size_t first_frame;
  int lanes;
  std::size_t first_pair;
  std::size_t end_pair;
};

// Splits a batch: by frames, and by pairs where there are too few blocks of frames for the threads.
class Tasks {
 public:
  Tasks(const Batch& batch, std::size_t threads)
      : lanes_(static_cast<std::size_t>(batch.kernel.lanes)),
        frames_(batch.transforms.frames),
        pairs_(batch.pair_count),
        blocks_((frames_ + lanes_ - 1) / lanes_) {
    const std::size_t wanted = threads == 1 ? 1 : threads * kTasksAThread;
    const std::size_t parts =
        blocks_ == 0 ? 1 : std::clamp<std::size_t>(wanted / blocks_, 1, std::max<std::size_t>(pairs_ / 64, 1));
    pairs_a_part_ = std::max<std::size_t>((pairs_ + parts - 1) / parts, 1);
    parts_ = std::max<std::size_t>((pairs_ + pairs_a_part_ - 1) / pairs_a_part_, 1);
  }

  [[nodiscard]] std::size_t count() const { return blocks_ * parts_; }
  [[nodiscard]] std::size_t parts() const { return parts_; }
  [[nodiscard]] Task operator[](std::size_t i) const {
    const std::size_t frame = i / parts_ * lanes_;
    const std::size_t pair = i % parts_ * pairs_a_part_;
    return {frame, static_cast<int>(std::min(lanes_, frames_ - frame)), pair,
            std::min(pair + pairs_a_part_, pairs_)};
  }

 private:
  std::size_t lanes_;
  std::size_t frames_;
  std::size_t pairs_;
  std::size_t blocks_;
  std::size_t pairs_a_part_ = 0;
  std::size_t parts_ = 0;
};

std::size_t useful_threads(const Batch& batch) {
  if (batch.threads == 1) return 1;
  const std::size_t worth = batch.transforms.frames * batch.pair_count / kLeastWorkAThread;
  const std::size_t most = std::min(worth, usable_cores());
  const std::size_t wanted = batch.threads == 0 ? most : std::min<std::size_t>(batch.threads, most);
  return std::max<std::size_t>(wanted, 1);
}

// Where a task's answers go.
class Sink {
 public:
  virtual ~Sink() = default;
  // A block's answers for one pair, in frames' units.
  virtual void take(const FrameBlock& block, const Task& task, std::size_t pair, uint32_t live,
                    const LaneAnswers& answers) = 0;
  // One lane's, instead of those above.
  virtual void take(const FrameBlock& block, const Task& task, std::size_t pair, int lane,
                    const Answer& answer) = 0;
  // Nothing is known of this one, or nothing is wanted of its frame.
  virtual void take_none(const Task& task, std::size_t pair, int lane) = 0;
};

// Pairs of frames that no answer was found for, by all threads of a call.
class Missing {
 public:
  explicit Missing(const Batch& batch) : batch_(batch) {}

  void add(std::size_t frame, std::size_t pair) {
    const std::lock_guard lock(mutex_);
    places_.emplace_back(frame, pair);
  }

  // Marks the frames where there is a mask, and else adds an error each, in order.
  std::set<std::size_t> settle(ErrorList& errors) {
    std::set<std::size_t> frames;
    std::ranges::sort(places_);
    for (const auto& [frame, pair] : places_) {
      frames.insert(frame);
      if (batch_.valid != nullptr) {
        batch_.valid[frame] = 0;
      } else {
        errors.add(error(frame, pair));
      }
    }
    return frames;
  }

 private:
  [[nodiscard]] Error error(std::size_t frame, std::size_t pair) const {
    const auto [a, b] = batch_.pairs[pair];
    Error error = make_error("no-answer", "frame " + std::to_string(frame) + ", " +
                                              quoted(batch_.hulls.names[a]) + " and " +
                                              quoted(batch_.hulls.names[b]) +
                                              ": no certain distance was found");
    error.path = "pairs[" + std::to_string(pair) + "]";
    return error;
  }

  const Batch& batch_;
  std::mutex mutex_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;  // protected by mutex_
};

// Solves tasks on one thread.
class Worker {
 public:
  Worker(const Batch& batch, Missing& missing)
      : batch_(batch),
        missing_(missing),
        transforms_(batch.transforms, batch.hulls.hulls.size()),
        block_(batch.hulls),
        solver_(batch.kernel) {}

  void solve(const Task& task, bool with_points, Sink& sink) {
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

 private:
  static constexpr std::size_t kNoFrame = std::numeric_limits<std::size_t>::max();

  void set_lanes(const Task& task) {
    lane_task_.live = 0;
    for (int lane = 0; lane < task.lanes; ++lane) {
      const std::size_t frame = task.first_frame + static_cast<std::size_t>(lane);
      const bool is_good = batch_.valid == nullptr || batch_.valid[frame] != 0;
      lane_task_.live |= static_cast<uint32_t>(is_good) << lane;
    }
    for (int lane = 0; lane < kMaxLanes; ++lane) {
      const double unit = lane < task.lanes ? block_.unit(lane) : 1;
      lane_task_.max_distance[lane] = static_cast<float>(batch_.max_distance / unit);
    }
  }

  void solve_pair(const Task& task, std::size_t pair, Sink& sink) {
    // In order, so that a pair has the same bits either way round.
    const auto [first, second] = batch_.pairs[pair];
    const auto i = static_cast<std::size_t>(std::min(first, second));
    const auto j = static_cast<std::size_t>(std::max(first, second));
    const HullData& a = *batch_.hulls.hulls[i].data();
    const HullData& b = *batch_.hulls.hulls[j].data();
    if (std::max(a.vertices.count, b.vertices.count) > kMaxLaneVertices) {
      answers_.doubtful = lane_task_.live;
    } else {
      batch_.kernel.solve_lanes(a.vertices, b.vertices, block_.lanes_of(i), block_.lanes_of(j),
                                lane_task_, answers_);
    }
    sink.take(block_, task, pair, lane_task_.live & ~answers_.doubtful, answers_);
    for (uint32_t left = answers_.doubtful; left != 0; left &= left - 1) {
      solve_lane(task, pair, i, j, std::countr_zero(left), sink);
    }
    const uint32_t all = (uint32_t{1} << task.lanes) - 1;
    for (uint32_t dead = all & ~lane_task_.live; dead != 0; dead &= dead - 1) {
      sink.take_none(task, pair, std::countr_zero(dead));
    }
  }

  void solve_lane(const Task& task, std::size_t pair, std::size_t i, std::size_t j, int lane,
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

  const Batch& batch_;
  Missing& missing_;
  TransformReader transforms_;
  FrameBlock block_;
  PairSolver solver_;
  std::size_t known_frame_ = kNoFrame;
  LaneTask lane_task_{};
  LaneAnswers answers_{};
};

// Calls run(task index, worker) for every task, on as many threads as are worth it: the caller is one
// of them, and does the work of those that cannot start. Errors of memory are thrown in the caller.
template <typename Run>
void run_tasks(const Batch& batch, std::size_t count, std::size_t threads, Missing& missing,
               const Run& run) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    const DefaultFloatEnv float_env;
    try {
      Worker worker(batch, missing);
      for (std::size_t i = next++; i < count; i = next++) run(i, worker);
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      next = count;
    }
  };
  std::vector<std::jthread> others;
  try {
    others.reserve(threads - 1);
    while (others.size() + 1 < threads) others.emplace_back(work);
  } catch (const std::exception&) {  // no memory, or no more threads for this process
  }
  work();
  others.clear();
  if (failure != nullptr) std::rethrow_exception(failure);
}

class DistanceSink : public Sink {
 public:
  DistanceSink(const Batch& batch, float* out) : batch_(batch), out_(out) {}

  void take(const FrameBlock& block, const Task& task, std::size_t pair, uint32_t live,
            const LaneAnswers& answers) override {
    for (; live != 0; live &= live - 1) {
      const int lane = std::countr_zero(live);
      const double distance = answers.distance[lane] * block.unit(lane);
      at(task, pair, lane) = std::isinf(distance) ? std::numeric_limits<float>::infinity() : to_float(distance);
    }
  }
  void take(const FrameBlock& block, const Task& task, std::size_t pair, int lane,
            const Answer& answer) override {
    const float distance = to_float(answer.distance * block.unit(lane));
    at(task, pair, lane) =
        distance <= batch_.max_distance ? distance : std::numeric_limits<float>::infinity();
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

// Contacts of one task, a list a lane, each in the order of pairs.
class ContactSink : public Sink {
 public:
  explicit ContactSink(const Batch& batch) : batch_(batch) {}

  void take(const FrameBlock& block, const Task& task, std::size_t pair, uint32_t live,
            const LaneAnswers& answers) override {
    for (; live != 0; live &= live - 1) {
      const int lane = std::countr_zero(live);
      if (std::isinf(answers.distance[lane])) continue;
      Answer answer{answers.distance[lane], {}, {}, {}};
      for (int i = 0; i < 3; ++i) {
        answer.normal[i] = answers.normal[i][lane];
        answer.point_a[i] = answers.point_a[i][lane];
        answer.point_b[i] = answer.point_a[i] + answer.distance * answer.normal[i];
      }
      add(block, task, pair, lane, answer);
    }
  }
  void take(const FrameBlock& block, const Task& task, std::size_t pair, int lane,
            const Answer& answer) override {
    add(block, task, pair, lane, answer);
  }
  void take_none(const Task& /*task*/, std::size_t /*pair*/, int /*lane*/) override {}

  std::vector<Contact> lists[kMaxLanes];

 private:
  void add(const FrameBlock& block, const Task& task, std::size_t pair, int lane,
           const Answer& answer) {
    const double unit = block.unit(lane);
    const float distance = to_float(answer.distance * unit);
    if (!(distance <= batch_.max_distance)) return;
    const auto [first, second] = batch_.pairs[pair];
    const bool is_swapped = first > second;
    const auto i = static_cast<std::size_t>(std::min(first, second));
    if (is_allowed(block, lane, pair, distance)) return;
    Contact contact{static_cast<int32_t>(task.first_frame) + lane, static_cast<int32_t>(pair),
                    distance, {}, {}, {}};
    for (int axis = 0; axis < 3; ++axis) {
      const double centre = block.lanes_of(i).centre[axis][lane];
      const double a = (centre + answer.point_a[axis]) * unit;
      const double b = (centre + answer.point_b[axis]) * unit;
      contact.normal[axis] = static_cast<float>(is_swapped ? -answer.normal[axis] : answer.normal[axis]);
      contact.point_a[axis] = is_swapped ? b : a;
      contact.point_b[axis] = is_swapped ? a : b;
    }
    lists[lane].push_back(contact);
  }

  [[nodiscard]] bool is_allowed(const FrameBlock& block, int lane, std::size_t pair,
                                float distance) const {
    if (batch_.depths == nullptr || batch_.depths[pair] == 0) return false;
    const auto [a, b] = batch_.pairs[pair];
    const double size = (block.body(static_cast<std::size_t>(a), lane).radius +
                         block.body(static_cast<std::size_t>(b), lane).radius) *
                        block.unit(lane);
    return -static_cast<double>(distance) <= batch_.depths[pair] + kDepthAccuracy * size;
  }

  const Batch& batch_;
};

}  // namespace

void solve_distances(const Batch& batch, float* out, ErrorList& errors) {
  const std::size_t threads = useful_threads(batch);
  const Tasks tasks(batch, threads);
  Missing missing(batch);
  run_tasks(batch, tasks.count(), threads, missing, [&](std::size_t i, Worker& worker) {
    DistanceSink sink(batch, out);
    worker.solve(tasks[i], false, sink);
  });
  for (const std::size_t frame : missing.settle(errors)) {
    std::fill_n(out + frame * batch.pair_count, batch.pair_count, kNan);
  }
}

std::vector<Contact> find_contacts(const Batch& batch, ErrorList& errors) {
  const std::size_t threads = useful_threads(batch);
  const Tasks tasks(batch, threads);
  Missing missing(batch);
  std::vector<ContactSink> sinks(tasks.count(), ContactSink(batch));
  run_tasks(batch, tasks.count(), threads, missing,
            [&](std::size_t i, Worker& worker) { worker.solve(tasks[i], true, sinks[i]); });
  const std::set<std::size_t> bad_frames = missing.settle(errors);
  std::size_t count = 0;
  for (const ContactSink& sink : sinks) {
    for (const std::vector<Contact>& list : sink.lists) count += list.size();
  }
  std::vector<Contact> contacts;
  contacts.reserve(count);
  for (std::size_t first = 0; first < sinks.size(); first += tasks.parts()) {
    for (int lane = 0; lane < kMaxLanes; ++lane) {
      for (std::size_t part = 0; part < tasks.parts(); ++part) {
        const std::vector<Contact>& list = sinks[first + part].lists[lane];
        contacts.insert(contacts.end(), list.begin(), list.end());
      }
    }
  }
  if (!bad_frames.empty()) {
    std::erase_if(contacts, [&](const Contact& contact) {
      return bad_frames.contains(static_cast<std::size_t>(contact.frame));
    });
  }
  return contacts;
}

}  // namespace rigjit::collision
