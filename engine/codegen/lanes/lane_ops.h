// Arithmetic on lanes: one LLVM vector of target.lanes floats is one value. The value type that
// plan/rot6d_basis.h and the rotations are written over.
#pragma once

#include "codegen/lanes/emitter.h"

namespace rigjit {

class LaneOps {
 public:
  using Value = llvm::Value*;
  using Mask = llvm::Value*;  // <lanes x i1>

  explicit LaneOps(Emitter& emitter) : e_(emitter) {}

  // `name`: of a dump.
  Value constant(float x, llvm::StringRef name = "") { return e_.splat(x, name); }
  Value mul(Value a, Value b) { return e_.b.CreateFMul(a, b); }
  Value add(Value a, Value b) { return e_.b.CreateFAdd(a, b); }
  Value sub(Value a, Value b) { return e_.b.CreateFSub(a, b); }
  Value div(Value a, Value b) { return e_.b.CreateFDiv(a, b); }
  Value neg(Value a) { return e_.b.CreateFNeg(a); }
  Value sqrt(Value a);
  // One rounding where the target has FMA; elsewhere product and sum in double, then one rounding.
  Value fma(Value a, Value b, Value c);
  Value magnitude(Value a);                 // clears the sign
  Value with_sign_of(Value a, Value sign);  // |a| must have a clear sign bit
  Value round_half_even(Value a);           // never to -0
  // <lanes x i32>: rounded half to even. What int32 does not hold: some number of that size.
  Value to_whole(Value a);
  Mask greater(Value a, Value b) { return e_.b.CreateFCmpOGT(a, b); }
  Mask less(Value a, Value b) { return e_.b.CreateFCmpOLT(a, b); }
  Mask is_negative(Value a);  // by the sign bit
  Mask mask_not(Mask m) { return e_.b.CreateNot(m); }
  Mask mask_or(Mask a, Mask b) { return e_.b.CreateOr(a, b); }
  Mask mask_and(Mask a, Mask b) { return e_.b.CreateAnd(a, b); }
  Value select(Mask m, Value a, Value b) { return e_.b.CreateSelect(m, a, b); }
  // 2^(1-e) for the exponent e of the largest magnitude; 0 if that is not finite, so that a
  // product with it becomes NaN; 2^127 for zero and denormals.
  Value power_of_two_near_inverse(Value x, Value y, Value z);
  // Lanes in which either value is not finite, or both are zero.
  Mask unusable_pair(Value a, Value b);
  // i32: nonzero if any lane is set.
  Value any(Mask m);

  Emitter& emitter() { return e_; }

 private:
  Value bits(Value a);
  Value floats(Value bits);
  Value max_bits(Value a, Value b);
  Emitter& e_;
};

}  // namespace rigjit
