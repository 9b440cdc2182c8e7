// The module of a dump as lines: its text, to the letter what LLVM prints but for line breaks
// inside the constants, with comments that say what cannot be seen.
#pragma once

#include <llvm/ADT/DenseMap.h>

#include <cstdint>
#include <string>
#include <vector>

#include "codegen/program_ir.h"
#include "plan/plan.h"
#include "plan/spec_places.h"

namespace rigjit {

struct IrLine {
  static constexpr uint32_t kNone = UINT32_MAX;
  std::string text;
  // What it shows or says something of: an index into IrListing::instructions.
  uint32_t instruction = kNone;
  // Of the line: an index into IrListing::functions.
  uint32_t function = kNone;
};

struct IrListing {
  std::vector<IrLine> lines;
  std::vector<const llvm::Instruction*> instructions;  // in the order of the module
  std::vector<const llvm::Function*> functions;        // those with a body
};

// source: where the rig comes from, for comments; null: unknown.
[[nodiscard]] IrListing ir_listing(const NamedIr& named, const Plan& plan,
                                   const SpecPlaces* source);

// The controllers that any instruction of a function works for, ascending.
[[nodiscard]] std::vector<uint32_t> controllers_of(const llvm::Function& function,
                                                   const DumpNotes& notes, const Plan& plan);

// Lines for the head of what serves these controllers: "x_main_CTRL: hero.yaml:12-15", one a
// controller.
[[nodiscard]] std::vector<std::string> origin_lines(const std::vector<uint32_t>& controllers,
                                                    const Plan& plan, const SpecPlaces* source);

[[nodiscard]] bool concerns(const Concern& concern, const PlanController& controller);

}  // namespace rigjit
