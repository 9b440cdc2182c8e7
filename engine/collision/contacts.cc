// Contacts of a batch.
#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "collision/contact_builder.h"
#include "collision/to_float.h"
#include "collision/worker.h"

namespace rigjit::collision {
namespace {

// Of an allowed depth, of the sum of the radii: how much deeper a pair must be.
constexpr double kDepthAccuracy = 1e-5;

// Of one task: a list a lane, each in the order of pairs.
using Lists = std::array<std::vector<Contact>, kMaxLanes>;

// An answer in the world, in the callers' unit.
struct WorldAnswers {
  float distance[kMaxLanes];
  float normal[3][kMaxLanes];
  double point_a[3][kMaxLanes];
  double point_b[3][kMaxLanes];
};

class ContactSink : public Sink {
 public:
  explicit ContactSink(const Batch& batch) : batch_(batch) {}

  void take(const FrameBlock& block, const Task& task, std::size_t pair, uint32_t live,
            const LaneAnswers& answers) override {
    uint32_t near = 0;
    for (int lane = 0; lane < kMaxLanes; ++lane) {
      near |= static_cast<uint32_t>(answers.distance[lane] <= std::numeric_limits<float>::max())
              << lane;
    }
    near &= live;
    if (near == 0) return;
    const LaneFrames& frames = block.lanes_of(hull_a(pair));
    WorldAnswers world;
    for (int lane = 0; lane < kMaxLanes; ++lane) {
      world.distance[lane] = static_cast<float>(answers.distance[lane] * block.unit(lane));
    }
    for (int axis = 0; axis < 3; ++axis) {
      for (int lane = 0; lane < kMaxLanes; ++lane) {
        const double unit = block.unit(lane);
        const double normal = answers.normal[axis][lane];
        const double a = answers.point_a[axis][lane];
        const double centre = frames.centre[axis][lane];
        world.normal[axis][lane] = answers.normal[axis][lane];
        world.point_a[axis][lane] = (centre + a) * unit;
        world.point_b[axis][lane] = (centre + (a + answers.distance[lane] * normal)) * unit;
      }
    }
    for (; near != 0; near &= near - 1) add(block, task, pair, std::countr_zero(near), world);
  }

  void take(const FrameBlock& block, const Task& task, std::size_t pair, int lane,
            const Answer& answer) override {
    const double unit = block.unit(lane);
    const LaneFrames& frames = block.lanes_of(hull_a(pair));
    WorldAnswers world;
    world.distance[lane] = to_float(answer.distance * unit);
    for (int axis = 0; axis < 3; ++axis) {
      const double centre = frames.centre[axis][lane];
      world.normal[axis][lane] = static_cast<float>(answer.normal[axis]);
      world.point_a[axis][lane] = (centre + answer.point_a[axis]) * unit;
      world.point_b[axis][lane] = (centre + answer.point_b[axis]) * unit;
    }
    add(block, task, pair, lane, world);
  }

  void take_none(const Task& /*task*/, std::size_t /*pair*/, int /*lane*/) override {}

  Lists lists;

 private:
  [[nodiscard]] std::size_t hull_a(std::size_t pair) const {
    const auto [first, second] = batch_.pairs[pair];
    return static_cast<std::size_t>(std::min(first, second));
  }

  void add(const FrameBlock& block, const Task& task, std::size_t pair, int lane,
           const WorldAnswers& world) {
    const float distance = to_float(world.distance[lane]);
    if (!(distance <= batch_.max_distance) || is_allowed(block, lane, pair, distance)) return;
    const bool is_swapped = batch_.pairs[pair][0] > batch_.pairs[pair][1];
    const auto& point_a = is_swapped ? world.point_b : world.point_a;
    const auto& point_b = is_swapped ? world.point_a : world.point_b;
    const float sign = is_swapped ? -1 : 1;
    lists[static_cast<std::size_t>(lane)].push_back(
        {static_cast<int32_t>(batch_.transforms.first_frame + task.first_frame) + lane,
         static_cast<int32_t>(pair),
         distance,
         {sign * world.normal[0][lane], sign * world.normal[1][lane], sign * world.normal[2][lane]},
         {point_a[0][lane], point_a[1][lane], point_a[2][lane]},
         {point_b[0][lane], point_b[1][lane], point_b[2][lane]}});
  }

  [[nodiscard]] bool is_allowed(const FrameBlock& block, int lane, std::size_t pair,
                                float distance) const {
    if (batch_.depths == nullptr || batch_.depths[pair] == 0) return false;
    const auto [a, b] = batch_.pairs[pair];
    const double size = (block.radius(static_cast<std::size_t>(a), lane) +
                         block.radius(static_cast<std::size_t>(b), lane)) *
                        block.unit(lane);
    return -static_cast<double>(distance) <= batch_.depths[pair] + kDepthAccuracy * size;
  }

  const Batch& batch_;
};

// Puts the lists of tasks, which end in any order, one after the other.
class Collector {
 public:
  explicit Collector(const Tasks& tasks) : tasks_(tasks) {}

  // Leaves the lists empty, and their memory where it can be used again.
  void add(const Task& task, Lists& lists) {
    const std::lock_guard lock(mutex_);
    if (tasks_.parts() > 1 || task.index != next_) {
      waiting_[task.index] = std::exchange(lists, {});
      return;
    }
    reserve(task, lists);
    append(lists);
    for (++next_; !waiting_.empty() && waiting_.begin()->first == next_; ++next_) {
      append(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
    }
  }

  [[nodiscard]] ContactList take(const std::set<std::size_t>& bad_frames,
                                 std::size_t first_frame) && {
    while (!waiting_.empty()) append_block();
    if (!bad_frames.empty()) contacts_.erase_frames(bad_frames, first_frame);
    return std::move(contacts_).take();
  }

 private:
  // As many in all as the share of the motion so far lets expect.
  void reserve(const Task& task, const Lists& lists) {
    std::size_t size = contacts_.size();
    for (const std::vector<Contact>& list : lists) size += list.size();
    const std::size_t expected = size / (task.index + 1) * tasks_.count();
    contacts_.reserve(task.index == 0 ? expected + expected / 8 : size);
  }

  void append(Lists& lists) {
    for (std::vector<Contact>& list : lists) {
      contacts_.append(list.data(), list.size());
      list.clear();
    }
  }

  // All parts of the next block.
  void append_block() {
    const auto end = std::next(
        waiting_.begin(), static_cast<std::ptrdiff_t>(std::min(tasks_.parts(), waiting_.size())));
    for (std::size_t lane = 0; lane < kMaxLanes; ++lane) {
      for (auto part = waiting_.begin(); part != end; ++part) {
        contacts_.append(part->second[lane].data(), part->second[lane].size());
      }
    }
    waiting_.erase(waiting_.begin(), end);
  }

  const Tasks& tasks_;
  std::mutex mutex_;
  // Protected by mutex_.
  std::size_t next_ = 0;
  std::map<std::size_t, Lists> waiting_;
  ContactBuilder contacts_;
};

}  // namespace

ContactList find_contacts(const Batch& batch, ErrorList& errors) {
  const std::size_t threads = useful_threads(batch);
  const Tasks tasks(batch, threads);
  Missing missing(batch);
  Collector collector(tasks);
  run_tasks(tasks, threads, [&] {
    return [&collector, worker = std::make_unique<Worker>(batch, missing),
            sink = ContactSink(batch)](const Task& task) mutable {
      worker->solve(task, true, sink);
      collector.add(task, sink.lists);
    };
  });
  return std::move(collector).take(missing.settle(errors), batch.transforms.first_frame);
}

}  // namespace rigjit::collision
