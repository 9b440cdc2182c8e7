#include "codegen/one_hot.h"

namespace rigjit {

llvm::Value* emit_one_hot(Emitter& e, const OneHot& op, uint32_t result) {
  const auto input = [&](uint32_t k) {
    return e.load(e.float_type(), e.in, 4 * (uint64_t{op.input} + k), 4);
  };
  llvm::Value* largest = input(0);
  llvm::Value* index = e.b.getInt32(0);
  llvm::Value* bad = e.b.CreateFCmpUNO(largest, largest);
  for (uint32_t k = 1; k < op.count; ++k) {
    llvm::Value* number = input(k);
    bad = e.b.CreateOr(bad, e.b.CreateFCmpUNO(number, number));
    llvm::Value* is_larger = e.b.CreateFCmpOGT(number, largest);
    largest = e.b.CreateSelect(is_larger, number, largest);
    index = e.b.CreateSelect(is_larger, e.b.getInt32(k), index);
  }
  e.store(e.b.CreateSIToFP(index, e.float_type()), e.scratch, 4 * uint64_t{result}, 4);
  return e.b.CreateZExt(bad, e.b.getInt32Ty());
}

}  // namespace rigjit
