// Lanes of Euler angles or quaternions to lanes of rot6d: codegen/rotation.h the other way round.
#pragma once

#include <array>
#include <optional>

#include "codegen/lanes/rotation.h"

namespace rigjit {

struct Rot6dLanes {
  std::array<llvm::Value*, 6> elements;  // in the order of the vector
  llvm::Value* degenerate;               // <lanes x i1>: not finite, or a quaternion of length 0
};

// angles: rotateX, Y, Z. `uniform` and `choices` as in codegen/rotation.h.
Rot6dLanes emit_rot6d_of_euler(LaneOps& ops, const std::array<llvm::Value*, 3>& angles,
                               AngleUnit unit, std::optional<RotationVariant> uniform,
                               llvm::Value* choices);

// q: W, X, Y, Z of any length but 0; it is normalised.
Rot6dLanes emit_rot6d_of_quaternion(LaneOps& ops, const std::array<llvm::Value*, 4>& q,
                                    std::optional<RotationVariant> uniform, llvm::Value* choices);

}  // namespace rigjit
