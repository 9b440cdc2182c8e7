// What a dump says beside the instructions: comments, and which channels an instruction works for.
// Nothing of it changes the code. Compilations that nobody reads keep none.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instruction.h>

#include <cstdint>
#include <string>
#include <vector>

namespace rigjit {

// Channels [first, last].
struct ChannelRange {
  uint32_t first;
  uint32_t last;
};

// Ascending; empty: no channel's own, as the arithmetic that all rotations share.
using Concern = std::vector<ChannelRange>;

class DumpNotes {
 public:
  // Instructions added from now on.
  void set_concern(Concern concern);
  [[nodiscard]] Concern concern() const { return concerns_[concern_]; }
  void added(const llvm::Instruction* instruction) { of_instruction_[instruction] = concern_; }

  // Lines, without what makes them comments.
  void comment(const llvm::Value* instruction, std::string text) {
    comments_[instruction] = std::move(text);
  }

  [[nodiscard]] const Concern& concern_of(const llvm::Instruction* instruction) const;
  // Empty if there is none.
  [[nodiscard]] const std::string& comment_of(const llvm::Value* instruction) const;

 private:
  std::vector<Concern> concerns_ = {{}};
  uint32_t concern_ = 0;  // index into concerns_; 0 is nobody's
  llvm::DenseMap<const llvm::Instruction*, uint32_t> of_instruction_;
  llvm::DenseMap<const llvm::Value*, std::string> comments_;
};

}  // namespace rigjit
