// The choices a rotation's lanes make by rotate order and layout: made by the generator when all
// lanes agree, by masks when they don't.
#pragma once

#include <array>
#include <optional>

#include "codegen/lanes/rotation.h"
#include "plan/rot6d_basis.h"

namespace rigjit {

// A matrix M = R3 R2 R1 whose first, middle and last applied axes are its roles 0, 1, 2. Rows of a
// rot6d are the columns of the transposed matrix, which turns about the same axes in reversed order
// by negated angles: so for rows the roles are reversed.
class RotationChoice {
 public:
  using Value = llvm::Value*;

  RotationChoice(LaneOps& ops, std::optional<RotationVariant> uniform, Value choices);

  // One of three by the axis that has the role.
  Value by_role(uint32_t role, Value x, Value y, Value z);
  // The value of the role that turns about the axis.
  Value by_axis(uint32_t axis, const std::array<Value, 3>& of_role);
  Value if_interleaved(Value yes, Value no) { return choose(kInterleaved, yes, no); }
  Value if_rows(Value yes, Value no) { return choose(kRows, yes, no); }
  // Negated where the roles are an odd permutation of x, y, z.
  Value negate_if_odd(Value v) { return negate_if(kOddRoles, v); }
  // Negated where the extracted angle turns the other way.
  Value negate_if_reversed(Value v) { return negate_if(kReversed, v); }
  // Negated where the matrix is the transposed one.
  Value negate_if_rows(Value v) { return negate_if(kRows, v); }
  [[nodiscard]] bool may_be_rows() const {
    return !uniform_ || uniform_->layout == Rot6dLayout::kRows;
  }
  [[nodiscard]] bool may_be_columns() const {
    return !uniform_ || uniform_->layout != Rot6dLayout::kRows;
  }
  LaneOps::Mask rows_mask() { return mask(kRows); }

  // Indices of the words: role r turns about axis a at 3 r + a; then these.
  enum Flag : uint32_t { kInterleaved = 9, kRows, kOddRoles, kReversed, kFlagCount };
  static bool flag(const RotationVariant& variant, uint32_t index);

 private:
  Value choose(uint32_t index, Value yes, Value no);
  Value negate_if(uint32_t index, Value v);
  Value words(uint32_t index);
  LaneOps::Mask mask(uint32_t index);

  LaneOps& ops_;
  std::optional<RotationVariant> uniform_;
  Value choices_;
  std::array<Value, kFlagCount> words_{};
};

}  // namespace rigjit
