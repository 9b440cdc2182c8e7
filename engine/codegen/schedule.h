// Which lane computes what, and where it leaves the result: a Plan laid out for one target.
//
// A rig is cut into segments of channels so that their scratch stays in the first-level cache and
// no basic block grows with the rig. In a segment, rotations and angles of one shape share lane
// groups across controllers; each group leaves its results in the scratch, and every channel knows
// the float that it comes from.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "codegen/lanes/dump_notes.h"
#include "codegen/lanes/rotation.h"
#include "plan/plan.h"

namespace rigjit {

// What one internal function of the module computes.
struct LaneShape {
  enum class Kind : uint8_t { kAngle, kEuler, kQuaternion };
  Kind kind;
  AngleUnit unit;
  // What all lanes of the rig are; empty where they differ.
  std::optional<RotationVariant> rotation;
  std::optional<bool> cos_first;
  // Whether all lanes of the rig compute the same, so that no lane needs to be told.
  [[nodiscard]] bool is_uniform() const {
    return kind == Kind::kAngle ? cos_first.has_value() : rotation.has_value();
  }
  // Numbers that an operation gives, and floats that they take in the scratch: Euler angles are
  // padded to a quad.
  [[nodiscard]] uint32_t results() const {
    return kind == Kind::kAngle ? 1 : kind == Kind::kEuler ? 3 : 4;
  }
  [[nodiscard]] uint32_t stride() const { return kind == Kind::kAngle ? 1 : 4; }
  [[nodiscard]] uint32_t inputs() const { return kind == Kind::kAngle ? 2 : 6; }
  // The lane for an operation's place in its group: places of rotations count rows of quads, so
  // that successive results come out side by side.
  [[nodiscard]] uint32_t lane_of(uint32_t place, uint32_t lanes) const {
    return kind == Kind::kAngle ? place : place % (lanes / 4) * 4 + place / (lanes / 4);
  }
};

// The results of one operation are side by side, those of successive operations too.
struct LaneGroup {
  uint32_t shape;                    // index into Schedule::shapes
  std::vector<uint32_t> operations;  // indices into Plan::operations(), at most `lanes`
  uint32_t results;                  // first float in the scratch: `lanes` times stride()
  uint32_t state;  // first float in a continuous program's state: results() vectors of lanes
};

// Where a channel's number comes from before scale and center.
struct ChannelSource {
  enum class Base : uint8_t { kNone, kVector, kScratch };
  Base base = Base::kNone;
  uint32_t index = 0;  // a float of the vector or of the scratch
};

struct Segment {
  uint32_t first_channel, end_channel;
  uint32_t first_operation, end_operation;
  std::vector<LaneGroup> groups;
  std::vector<uint32_t> one_hots;  // indices into Plan::operations()
};

struct Schedule {
  std::vector<LaneShape> shapes;
  std::vector<Segment> segments;
  std::vector<ChannelSource> sources;  // one a channel
  // The scratch: values of a segment, padded by two vectors; inputs of one group; results of the
  // groups of a segment; those of its one_hots, padded by a vector.
  uint32_t inputs = 0;  // first float
  uint32_t scratch_floats = 0;
  uint32_t state_floats = 0;  // what a continuous program remembers
};

// The channels that operations write, ascending.
[[nodiscard]] Concern channels_of(const Plan& plan, std::span<const uint32_t> operations);
[[nodiscard]] inline Concern channels_of(const Plan& plan, const LaneGroup& group) {
  return channels_of(plan, group.operations);
}

[[nodiscard]] Schedule make_schedule(const Plan& plan, uint32_t lanes);

}  // namespace rigjit
