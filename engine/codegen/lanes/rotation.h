// Lanes of rot6d to lanes of Euler angles or quaternions.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "codegen/lanes/lane_ops.h"
#include "plan/plan.h"

namespace rigjit {

// What lanes of one group may differ in, and what the code is specialised for when they don't.
struct RotationVariant {
  RotateOrder order = RotateOrder::kXYZ;
  Rot6dLayout layout = Rot6dLayout::kColumns;
  friend bool operator==(const RotationVariant&, const RotationVariant&) = default;
};

// Constants of a group whose lanes differ: one vector of words for each choice, all bits set or
// none.
[[nodiscard]] std::vector<uint32_t> rotation_choices(const std::vector<RotationVariant>& lanes);

struct RotationLanes {
  std::vector<llvm::Value*> values;  // rotateX, Y, Z or quaternion W, X, Y, Z
  llvm::Value* degenerate;           // <lanes x i1>
};

// inputs: the six elements in the order of the vector. `uniform`: what all lanes are; empty: each
// lane as the words at `choices` say (a pointer to what rotation_choices() made).
// Source of the extraction: K. Shoemake, "Euler Angle Conversion", Graphics Gems IV (1994), with
// the axes renamed so that every order becomes xyz; of the quaternion: the same author's, SIGGRAPH
// 1985.
// `previous`: the results of the frame before, to choose the nearest to; empty: without continuity.
RotationLanes emit_euler(LaneOps& ops, const std::array<llvm::Value*, 6>& inputs, AngleUnit unit,
                         std::optional<RotationVariant> uniform, llvm::Value* choices,
                         const std::vector<llvm::Value*>& previous);
RotationLanes emit_quaternion(LaneOps& ops, const std::array<llvm::Value*, 6>& inputs,
                              std::optional<RotationVariant> uniform, llvm::Value* choices,
                              const std::vector<llvm::Value*>& previous);

}  // namespace rigjit
