// Machine code as lines of assembly, each with the instruction of the IR that it comes from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "code/target.h"
#include "codegen/ir_listing.h"
#include "codegen/program_ir.h"
#include "rigjit/result.h"

namespace rigjit {

struct AssemblyLine {
  std::string text;
  uint32_t instruction = IrLine::kNone;  // an index into IrListing::instructions
};

// The assembly that LLVM emits for the module, to the letter but for comments: what each
// instruction computes, by its name in the IR, and the comments of the IR. `ir`: the module's, in
// which debug locations are put.
[[nodiscard]] Result<std::vector<AssemblyLine>> assembly_listing(NamedIr& named,
                                                                 const IrListing& ir,
                                                                 const Plan& plan,
                                                                 const SpecPlaces* source,
                                                                 const Target& target);

}  // namespace rigjit
