// Rotations and angles: one internal function a shape, called once a lane group.
#pragma once

#include "codegen/emitter.h"
#include "codegen/schedule.h"

namespace rigjit {

class LaneFunctions {
 public:
  LaneFunctions(Emitter& emitter, const Plan& plan, const Schedule& schedule)
      : e_(emitter), plan_(plan), schedule_(schedule) {}

  // Emits the function of every shape of the schedule.
  void emit_functions();
  // Loads a group's inputs, in the function under construction, and calls its shape: results go to
  // the scratch. Returns an i32: nonzero if any lane is bad.
  llvm::Value* emit_call(const LaneGroup& group);

 private:
  void emit_function(const LaneShape& shape);
  std::vector<llvm::Value*> rows_of(const std::vector<llvm::Value*>& columns);
  // Inputs of the group side by side: result[k] holds element k of every lane.
  std::vector<llvm::Value*> load_rotations(const LaneGroup& group);
  std::vector<llvm::Value*> load_angles(const LaneGroup& group);
  // `count` elements from element `offset` on of the operation at every place of the group.
  std::vector<llvm::Value*> load_places(const LaneGroup& group, uint32_t offset, uint32_t count);
  // Constants in which the lanes differ, as an offset into the table; none where they agree.
  std::optional<uint32_t> choices(const LaneGroup& group);

  Emitter& e_;
  const Plan& plan_;
  const Schedule& schedule_;
  std::vector<llvm::Function*> functions_;
};

}  // namespace rigjit
