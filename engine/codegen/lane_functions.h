// Rotations and angles: one internal function a shape, called once a lane group.
#pragma once

#include "codegen/lanes/emitter.h"
#include "codegen/schedule.h"

namespace rigjit {

class LaneFunctions {
 public:
  LaneFunctions(Emitter& emitter, const Plan& plan, const Schedule& schedule, bool is_continuous)
      : e_(emitter), plan_(plan), schedule_(schedule), is_continuous_(is_continuous) {}

  // Emits the function of every shape of the schedule.
  void emit_functions();
  // Brings a group's inputs to the scratch, lanes side by side, in the function under construction,
  // and calls its shape, which leaves the results there. Returns an i32: nonzero if any lane is
  // bad. (Inputs go by memory: a compiler that allocates registers in haste spills arguments to
  // places where it is slow.)
  llvm::Value* emit_call(const LaneGroup& group);

 private:
  void emit_function(const LaneShape& shape);
  // Results as they go to the scratch, and lanes that are bad.
  RotationLanes angles(LaneOps& ops, const LaneShape& shape,
                       const std::vector<llvm::Value*>& elements, llvm::Value* choices);
  RotationLanes rotations(LaneOps& ops, const LaneShape& shape,
                          const std::vector<llvm::Value*>& elements, llvm::Value* choices);
  // Results of the frame before, and what the next frame will find.
  std::vector<llvm::Value*> remembered(const LaneShape& shape);
  void remember(const std::vector<llvm::Value*>& lanes);
  void load_rotations(const LaneGroup& group);
  void load_angles(const LaneGroup& group);
  // `count` elements from element `offset` on of the operation at every place of the group.
  std::vector<llvm::Value*> load_places(const LaneGroup& group, uint32_t offset, uint32_t count);
  [[nodiscard]] static std::string name_of_element(const LaneShape& shape, uint32_t k);
  // Which operations a group's lanes are, for dumps.
  [[nodiscard]] std::string text_of_lanes(const LaneGroup& group) const;
  void store_input(uint32_t element, llvm::Value* lanes);
  // Where the constants are in which the lanes of a shape that is not uniform differ.
  llvm::Value* choices(const LaneGroup& group);

  Emitter& e_;
  const Plan& plan_;
  const Schedule& schedule_;
  const bool is_continuous_;
  std::vector<llvm::Function*> functions_;
};

}  // namespace rigjit
