// All hulls in a block of frames, as the kernels take them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "collision/kernel/kernel.h"
#include "collision/transforms.h"

namespace rigjit::collision {

// Each frame has a unit of its own, a power of two near its largest hull's radius: float32 then
// holds squares of lengths, and scaling rounds nothing. It depends on nothing but the frame.
class FrameBlock {
 public:
  explicit FrameBlock(const HullsData& hulls);

  // `lanes` frames from `first` on. Bad frames may be anything.
  void set(const TransformReader& transforms, std::size_t first, int lanes);

  [[nodiscard]] const LaneFrames& lanes_of(std::size_t hull) const { return lanes_[hull]; }
  // In the frame's unit.
  [[nodiscard]] Body body(std::size_t hull, int lane) const;
  [[nodiscard]] double radius(std::size_t hull, int lane) const {
    return exact_[hull].radius[lane];
  }
  [[nodiscard]] double unit(int lane) const { return units_[lane]; }

 private:
  struct Exact {
    double linear[9][kMaxLanes];
    double radius[kMaxLanes];
  };

  void place(const TransformReader& transforms, std::size_t frame, int lane);
  void scale(int lane);

  const HullsData& hulls_;
  std::vector<LaneFrames> lanes_;  // a hull
  std::vector<Exact> exact_;       // a hull
  double units_[kMaxLanes];
};

// Of a single pose.
[[nodiscard]] Body body_of(const HullData& hull, const Affine& affine);
// To another unit.
void scale(Body& body, double factor);

// A power of two that makes lengths up to `radius` about 1.
[[nodiscard]] double unit_for(double radius);

}  // namespace rigjit::collision
