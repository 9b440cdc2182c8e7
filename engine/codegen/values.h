// Values from the vector and from the results of lane groups: gathered, scaled, clamped, written
// flat.
#pragma once

#include "codegen/emitter.h"
#include "codegen/schedule.h"

namespace rigjit {

class ValuesEmitter {
 public:
  ValuesEmitter(Emitter& emitter, const Plan& plan, const Schedule& schedule);

  // The values of channels [first, end) to base + offset_bytes. `exactly`: touch nothing behind the
  // last one; else up to a vector behind it may be overwritten. Returns an i32: nonzero if any
  // value is not finite.
  llvm::Value* emit(uint32_t first, uint32_t end, llvm::Value* base, uint64_t offset_bytes,
                    bool exactly);

 private:
  struct Coefficients;
  // Values of channels [first, first + count), lanes behind them unspecified but finite.
  llvm::Value* emit_group(uint32_t first, uint32_t count, llvm::Value*& not_finite);
  llvm::Value* gather(uint32_t first, uint32_t count);
  llvm::Value* permute(llvm::Value* window, const std::vector<uint32_t>& indices,
                       llvm::Value* table_indices);

  // What a dump calls the vector of channels [first, first + count).
  [[nodiscard]] std::string name_of(uint32_t first, uint32_t count) const;

  Emitter& e_;
  const Plan& plan_;
  const Schedule& schedule_;
  std::vector<const Operation*>
      operation_of_;  // one a channel; only affine and constant ones are looked at
};

}  // namespace rigjit
