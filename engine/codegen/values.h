// Values from the vector and from the results of lane groups: gathered, scaled, clamped, written
// flat.
#pragma once

#include "codegen/emitter.h"
#include "codegen/schedule.h"

namespace rigjit {

class ValuesEmitter {
 public:
  ValuesEmitter(Emitter& emitter, const Plan& plan, const Schedule& schedule);

  // Values are checked together: begin() before the first of a function, end() after the last,
  // which returns an i32: nonzero if any value is not finite.
  void begin();
  llvm::Value* end();

  // The values of channels [first, first + count), count <= lanes; lanes behind them and those of
  // constants are unspecified, but finite.
  llvm::Value* group(uint32_t first, uint32_t count);

  // The values of channels [first, end) to base + offset_bytes. `exactly`: touch nothing behind the
  // last one; else up to a vector behind it may be overwritten.
  void emit(uint32_t first, uint32_t end, llvm::Value* base, uint64_t offset_bytes, bool exactly);

 private:
  struct Coefficients;
  struct Window;
  // Constants to their lanes, for those who want them among the values.
  llvm::Value* with_constants(llvm::Value* values, uint32_t first, uint32_t count);
  std::vector<Window> windows(uint32_t first, uint32_t count) const;
  llvm::Value* load(const Window& window);
  llvm::Value* gather(uint32_t first, uint32_t count);

  // What a dump calls the vector of channels [first, first + count).
  [[nodiscard]] std::string name_of(uint32_t first, uint32_t count) const;

  Emitter& e_;
  const Plan& plan_;
  const Schedule& schedule_;
  std::vector<const Operation*>
      operation_of_;  // one a channel; only affine and constant ones are looked at
  llvm::Value* not_finite_ = nullptr;  // NaN in a lane where a value was not finite
};

}  // namespace rigjit
