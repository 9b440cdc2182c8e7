#include "codegen/lanes/dump_notes.h"

#include <utility>

namespace rigjit {

void DumpNotes::set_concern(Concern concern) {
  if (concern.empty()) {
    concern_ = 0;
    return;
  }
  concern_ = static_cast<uint32_t>(concerns_.size());
  concerns_.push_back(std::move(concern));
}

const Concern& DumpNotes::concern_of(const llvm::Instruction* instruction) const {
  const auto place = of_instruction_.find(instruction);
  return concerns_[place == of_instruction_.end() ? 0 : place->second];
}

const std::string& DumpNotes::comment_of(const llvm::Value* instruction) const {
  static const std::string none;
  const auto place = comments_.find(instruction);
  return place == comments_.end() ? none : place->second;
}

}  // namespace rigjit
