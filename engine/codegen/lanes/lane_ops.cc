// Each operation as the instruction that the target has for it. Selects and comparisons are LLVM's
// own; intrinsics stand where LLVM would emit more than one instruction, or a call.
#include "codegen/lanes/lane_ops.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>

namespace rigjit {

using Lanes = LaneOps::Value;

Lanes LaneOps::sqrt(Value a) { return e_.b.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, a); }

Lanes LaneOps::fma(Value a, Value b, Value c) {
  if (e_.target.has_fma) {
    return e_.b.CreateIntrinsic(llvm::Intrinsic::fma, {a->getType()}, {a, b, c});
  }
  auto* wide = llvm::FixedVectorType::get(e_.b.getDoubleTy(), e_.lanes);
  const auto extend = [&](Value v) { return e_.b.CreateFPExt(v, wide); };
  Value sum = e_.b.CreateFAdd(e_.b.CreateFMul(extend(a), extend(b)), extend(c));
  return e_.b.CreateFPTrunc(sum, a->getType());
}

Lanes LaneOps::bits(Value a) {
  return e_.b.CreateBitCast(a, llvm::FixedVectorType::get(e_.b.getInt32Ty(), e_.lanes));
}

Lanes LaneOps::floats(Value a) { return e_.b.CreateBitCast(a, e_.floats(e_.lanes)); }

Lanes LaneOps::magnitude(Value a) {
  return floats(e_.b.CreateAnd(bits(a), e_.splat_bits(0x7fffffffu)));
}

Lanes LaneOps::with_sign_of(Value a, Value sign) {
  Value sign_bit = e_.b.CreateAnd(bits(sign), e_.splat_bits(0x80000000u));
  return floats(e_.b.CreateXor(bits(a), sign_bit));
}

// With no instruction that only some targets have: above 2^23 there are whole numbers only, below
// it the sum has no bits for anything else.
Lanes LaneOps::round_half_even(Value a) {
  Value first_whole = constant(0x1p23f);
  Value size = magnitude(a);
  Value whole = sub(add(size, first_whole), first_whole);
  whole = select(less(size, first_whole), whole, size);
  return add(with_sign_of(whole, a), constant(0.0f));
}

// By the default rounding mode, which kernels set.
Lanes LaneOps::to_whole(Value a) {
  auto* type = llvm::FixedVectorType::get(e_.b.getInt32Ty(), e_.lanes);
  if (e_.target.id == TargetId::kAArch64) {
    return e_.b.CreateIntrinsic(llvm::Intrinsic::aarch64_neon_fcvtns, {type, a->getType()}, {a});
  }
  if (e_.lanes == 4) return e_.b.CreateIntrinsic(llvm::Intrinsic::x86_sse2_cvtps2dq, {}, {a});
  if (e_.lanes == 8) return e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx_cvt_ps2dq_256, {}, {a});
  constexpr uint32_t kModeOfTheKernel = 4;
  return e_.b.CreateIntrinsic(
      llvm::Intrinsic::x86_avx512_mask_cvtps2dq_512, {},
      {a, llvm::Constant::getNullValue(type), llvm::Constant::getAllOnesValue(e_.b.getInt16Ty()),
       e_.b.getInt32(kModeOfTheKernel)});
}

LaneOps::Mask LaneOps::is_negative(Value a) {
  return e_.b.CreateICmpSLT(bits(a), llvm::Constant::getNullValue(bits(a)->getType()));
}

Lanes LaneOps::max_bits(Value a, Value b) {
  return e_.b.CreateBinaryIntrinsic(llvm::Intrinsic::umax, a, b);
}

Lanes LaneOps::power_of_two_near_inverse(Value x, Value y, Value z) {
  Value infinity = e_.splat_bits(0x7f800000u);
  const auto exponent = [&](Value v) { return e_.b.CreateAnd(bits(v), infinity); };
  Value largest = max_bits(max_bits(exponent(x), exponent(y)), exponent(z));
  return floats(e_.b.CreateSub(infinity, max_bits(largest, e_.splat_bits(0x00800000u))));
}

LaneOps::Mask LaneOps::unusable_pair(Value a, Value b) {
  Value sign_free = e_.splat_bits(0x7fffffffu);
  Value largest = max_bits(e_.b.CreateAnd(bits(a), sign_free), e_.b.CreateAnd(bits(b), sign_free));
  // Zero wraps around to the largest unsigned number.
  Value below = e_.b.CreateSub(largest, e_.splat_bits(1));
  return e_.b.CreateICmpUGE(below, e_.splat_bits(0x7f7fffffu));
}

Lanes LaneOps::any(Mask m) {
  Value word = e_.b.CreateBitCast(m, e_.b.getIntNTy(e_.lanes));
  return e_.b.CreateZExt(word, e_.b.getInt32Ty());
}

}  // namespace rigjit
