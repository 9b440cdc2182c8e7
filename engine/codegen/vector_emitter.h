// The vector program's instructions: values back to the vector.
//
// Every element of the vector that an affine operation reads is written in whole vectors, in
// order; rotations, angles and enums encoded one_hot then overwrite theirs, one after the other.
#pragma once

#include "codegen/lanes/emitter.h"
#include "codegen/lanes/rot6d.h"
#include "codegen/schedule.h"

namespace rigjit {

class VectorEmitter {
 public:
  VectorEmitter(Emitter& emitter, const Plan& plan, const Schedule& schedule);

  // Floats of scratch that emit_group needs.
  [[nodiscard]] uint32_t scratch_floats() const { return 6 * e_.lanes; }

  // Emits the function of every shape of the schedule; before any emit_group.
  void emit_functions();
  // Elements [first, end) of the vector; those of other operations are unspecified. Vectors
  // may be written past `end`, never past the vector's end. Returns an i32: nonzero if any value is
  // not finite, or too large for a float32 once it is scaled, or none of its type.
  llvm::Value* emit_elements(uint32_t first, uint32_t end);
  // The elements of a group's rotations or angles; after those of emit_elements. Returns an i32.
  llvm::Value* emit_group(const LaneGroup& group);
  // The same for one enum.
  llvm::Value* emit_one_hot(const OneHot& op);

 private:
  // What dumps say: whose elements these are, their scales or centers, what a store writes.
  [[nodiscard]] Concern channels_of_elements(uint32_t first, uint32_t count) const;
  [[nodiscard]] std::string coefficients(uint32_t first, uint32_t count, const char* what,
                                         float Affine::* coefficient) const;
  void tell_elements(llvm::Value* store, uint32_t channel, uint64_t first, uint32_t count);
  void emit_function(const LaneShape& shape);
  // The six elements of rotations, or the two of angles, of the function's own arguments.
  std::pair<std::vector<llvm::Value*>, llvm::Value*> emit_lanes(const LaneShape& shape,
                                                                llvm::Function* function,
                                                                llvm::Value* choices);
  // (value - center) / scale of elements [first, first + lanes) to the vector; at least one of
  // them is affine.
  void emit_affine(uint32_t first, llvm::Value*& bad);
  // What bools and whole numbers among the lanes' operations need: inputs of the bools put into
  // `elements`, values that are none of their type marked as NaN in `bad`.
  void emit_types(const std::vector<const Affine*>& lanes, llvm::Value* values,
                  llvm::Value*& elements, llvm::Value*& bad);
  // Reads a group's channels: result[k] holds channel k of every lane.
  std::vector<llvm::Value*> load_channels(const LaneGroup& group);
  llvm::Value* load_quad(uint32_t channel, uint32_t count);
  [[nodiscard]] const Operation& operation_of(const LaneGroup& group, uint32_t lane) const;
  // Where the constants are in which the lanes of a shape that is not uniform differ.
  [[nodiscard]] llvm::Value* choices(const LaneGroup& group);

  Emitter& e_;
  const Plan& plan_;
  const Schedule& schedule_;
  const uint32_t in_floats_;              // that may be read: few values are in a padded copy
  std::vector<const Affine*> affine_of_;  // one an element; null for other operations
  std::vector<llvm::Function*> functions_;
};

}  // namespace rigjit
