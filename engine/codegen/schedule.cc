// One pass over the operations. Shapes are found for the whole rig, so that each is one function;
// groups are filled in the order of the operations within a segment, a group of each shape open at
// a time. The order of results in the scratch is that of the operations, so that channels that
// follow each other find their numbers in the same windows.
#include "codegen/schedule.h"

#include <algorithm>

namespace rigjit {
namespace {

// 4 kB of values: with vector, message and constants of a segment beside them in 32 kB.
constexpr uint32_t kSegmentChannels = 1024;
// Elements of a rotation.
constexpr uint32_t kMostInputs = 6;

std::optional<LaneShape> shape_of(const Operation& operation) {
  if (const auto* angle = std::get_if<Angle>(&operation)) {
    return LaneShape{LaneShape::Kind::kAngle, angle->unit, {}, angle->cos_first};
  }
  if (const auto* rotation = std::get_if<Rotation>(&operation)) {
    const RotationVariant variant{rotation->order, rotation->layout};
    // A quaternion has neither order nor unit.
    if (rotation->output == RotationOutput::kQuaternion) {
      return LaneShape{LaneShape::Kind::kQuaternion,
                       AngleUnit::kRadians,
                       RotationVariant{RotateOrder::kXYZ, variant.layout},
                       {}};
    }
    return LaneShape{LaneShape::Kind::kEuler, rotation->unit, variant, {}};
  }
  return {};
}

class Scheduler {
 public:
  Scheduler(const Plan& plan, uint32_t lanes) : plan_(plan), lanes_(lanes) {}

  Schedule run() {
    find_shapes();
    cut_segments();
    schedule_.sources.resize(plan_.channel_count());
    uint32_t channels = 0;
    for (const Segment& segment : schedule_.segments) {
      channels = std::max(channels, segment.end_channel - segment.first_channel);
    }
    schedule_.inputs = (channels / lanes_ + 2) * lanes_;
    for (Segment& segment : schedule_.segments) fill_groups(segment);
    return std::move(schedule_);
  }

 private:
  // The index of the shape for an operation; one that differs in its variant makes the shape's
  // empty.
  void find_shapes() {
    shape_of_operation_.resize(plan_.operations().size(), 0);
    for (size_t i = 0; i < plan_.operations().size(); ++i) {
      const auto shape = shape_of(plan_.operations()[i]);
      if (!shape) continue;
      const auto known = std::ranges::find_if(schedule_.shapes, [&](const LaneShape& s) {
        return s.kind == shape->kind && s.unit == shape->unit;
      });
      shape_of_operation_[i] = static_cast<uint32_t>(known - schedule_.shapes.begin());
      if (known == schedule_.shapes.end()) {
        schedule_.shapes.push_back(*shape);
        continue;
      }
      if (known->rotation != shape->rotation) known->rotation.reset();
      if (known->cos_first != shape->cos_first) known->cos_first.reset();
    }
  }

  // At controllers, or between the operations of a controller that is too large by itself.
  void cut_segments() {
    const auto& operations = plan_.operations();
    const auto& controllers = plan_.controllers();
    Segment segment{0, 0, 0, 0, {}, {}};
    const auto close = [&](uint32_t channel, uint32_t operation) {
      segment.end_channel = channel;
      segment.end_operation = operation;
      if (channel > segment.first_channel) schedule_.segments.push_back(segment);
      segment = {channel, channel, operation, operation, {}, {}};
    };
    size_t controller = 0;
    for (uint32_t i = 0; i < operations.size(); ++i) {
      const uint32_t channel = channel_of(operations[i]);
      const bool begins =
          controller < controllers.size() && controllers[controller].first_channel == channel;
      const uint32_t ahead =
          begins ? std::min(controllers[controller].channel_count, kSegmentChannels) : 4;
      if (begins) ++controller;
      if (channel + ahead - segment.first_channel > kSegmentChannels) close(channel, i);
    }
    close(plan_.channel_count(), static_cast<uint32_t>(operations.size()));
  }

  void fill_groups(Segment& segment) {
    uint32_t scratch = schedule_.inputs + kMostInputs * lanes_;
    std::vector<std::optional<size_t>> open(schedule_.shapes.size());
    for (uint32_t i = segment.first_operation; i < segment.end_operation; ++i) {
      const Operation& operation = plan_.operations()[i];
      if (const auto* affine = std::get_if<Affine>(&operation)) {
        schedule_.sources[affine->channel] = {ChannelSource::Base::kVector, affine->input};
      }
      if (std::holds_alternative<OneHot>(operation)) segment.one_hots.push_back(i);
      if (!shape_of(operation)) continue;
      const uint32_t shape = shape_of_operation_[i];
      if (!open[shape] || segment.groups[*open[shape]].operations.size() == lanes_) {
        open[shape] = segment.groups.size();
        segment.groups.push_back({shape, {}, scratch, 0});
        scratch += schedule_.shapes[shape].stride() * lanes_;
      }
      LaneGroup& group = segment.groups[*open[shape]];
      const auto place = static_cast<uint32_t>(group.operations.size());
      group.operations.push_back(i);
      const LaneShape& of_group = schedule_.shapes[shape];
      for (uint32_t k = 0; k < of_group.results(); ++k) {
        schedule_.sources[channel_of(operation) + k] = {
            ChannelSource::Base::kScratch, group.results + place * of_group.stride() + k};
      }
    }
    for (LaneGroup& group : segment.groups) {
      group.state = schedule_.state_floats;
      schedule_.state_floats += schedule_.shapes[group.shape].results() * lanes_;
    }
    for (const uint32_t i : segment.one_hots) {
      schedule_.sources[channel_of(plan_.operations()[i])] = {ChannelSource::Base::kScratch,
                                                              scratch++};
    }
    // Whole vectors are read, and written from where the first of a few one_hots lies.
    if (!segment.one_hots.empty()) scratch += lanes_;
    scratch = (scratch + lanes_ - 1) / lanes_ * lanes_;
    schedule_.scratch_floats = std::max(schedule_.scratch_floats, scratch);
  }

  const Plan& plan_;
  const uint32_t lanes_;
  Schedule schedule_;
  std::vector<uint32_t> shape_of_operation_;
};

}  // namespace

Concern channels_of(const Plan& plan, std::span<const uint32_t> operations) {
  Concern concern;
  for (const uint32_t index : operations) {
    const Operation& operation = plan.operations()[index];
    const uint32_t first = channel_of(operation);
    const uint32_t last = first + channel_count_of(operation) - 1;
    if (!concern.empty() && concern.back().last + 1 == first) {
      concern.back().last = last;
    } else {
      concern.push_back({first, last});
    }
  }
  return concern;
}

Schedule make_schedule(const Plan& plan, uint32_t lanes) { return Scheduler(plan, lanes).run(); }

}  // namespace rigjit
