// Numbers as their channels' types and limits have them: floats clamped, bools, ints and enums made
// whole, and what is beyond limits that refuse marked as bad.
#pragma once

#include <llvm/ADT/STLFunctionalExtras.h>

#include <cstdint>
#include <string>
#include <vector>

#include "codegen/lanes/emitter.h"
#include "plan/plan.h"

namespace rigjit {

// How values stand in registers: as float32 all of them, or with the bits that the message has of
// bools (their one byte, lowest), ints and enums (int32).
enum class ValueForm : uint8_t { kNumbers, kMessage };

// What becomes of a lane's number.
struct TypedLane {
  ChannelType type = ChannelType::kFloat;
  Limits limits = {};
};

// What dumps call a lane that has limits.
using NameOfLane = llvm::function_ref<std::string(uint32_t lane)>;

// `numbers`, a float for each of `lanes`, in that form. Those that are refused become NaN in `bad`;
// as kNumbers they stay what they are, for the error to tell.
llvm::Value* emit_types_and_limits(Emitter& e, llvm::Value* numbers,
                                   const std::vector<TypedLane>& lanes, NameOfLane name_of_lane,
                                   ValueForm form, llvm::Value*& bad);

}  // namespace rigjit
