#include "describe/tables.h"

#include <variant>

#include "plan/rot6d_elements.h"

namespace rigjit {
namespace {

bool refuses(const Limits& limits) { return limits.rule == LimitRule::kError; }

// Inputs and channels are far fewer than an int32 counts.
int32_t index(uint32_t i) { return static_cast<int32_t>(i); }

class TableBuilder {
 public:
  void operator()(const Affine& op) {
    tables_.affine.push_back({index(op.input), index(op.channel), op.scale, op.center, op.min,
                              op.max, refuses(op.limits()), op.type});
  }

  void operator()(const Angle& op) {
    const uint32_t sin = op.input + (op.cos_first ? 1 : 0);
    const uint32_t cos = op.input + (op.cos_first ? 0 : 1);
    tables_.angles.push_back({index(sin), index(cos), index(op.channel),
                              op.unit == AngleUnit::kRadians, op.limits.min, op.limits.max,
                              refuses(op.limits)});
  }

  void operator()(const Rotation& op) {
    Tables::RotationRow row{};
    for (uint32_t axis = 0; axis < 3; ++axis) {
      row.a1[axis] = index(op.input + rot6d_element(op.layout, 0, axis));
      row.a2[axis] = index(op.input + rot6d_element(op.layout, 1, axis));
      row.min[axis] = op.limits[axis].min;
      row.max[axis] = op.limits[axis].max;
      row.refuses[axis] = refuses(op.limits[axis]);
    }
    for (uint32_t i = 0; i < 4; ++i) {
      row.channels[i] = i < op.channel_count() ? index(op.channel + i) : -1;
    }
    row.rows = op.layout == Rot6dLayout::kRows;
    row.quaternion = op.output == RotationOutput::kQuaternion;
    row.order = op.order;
    row.radians = op.unit == AngleUnit::kRadians;
    tables_.rotations.push_back(row);
  }

  void operator()(const OneHot& op) {
    tables_.one_hots.push_back({index(op.input), index(op.count), index(op.channel)});
  }

  void operator()(const Constant& op) {
    tables_.constants.push_back({index(op.channel), op.value});
  }

  [[nodiscard]] Tables take() && { return std::move(tables_); }

 private:
  Tables tables_;
};

}  // namespace

Tables tables_of(const Plan& plan) {
  TableBuilder builder;
  for (const Operation& operation : plan.operations()) std::visit(builder, operation);
  return std::move(builder).take();
}

}  // namespace rigjit
