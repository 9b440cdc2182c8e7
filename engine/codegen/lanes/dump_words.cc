#include "codegen/lanes/dump_words.h"

#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace rigjit {
namespace {

template <class T>
std::string digits_of(T value) {
  constexpr double kSmall = 1e-5, kLarge = 1e16;
  const double size = std::fabs(static_cast<double>(value));
  const bool is_plain = value == 0 || (size >= kSmall && size < kLarge);
  std::array<char, 64> buffer{};
  char* const end = buffer.data() + buffer.size();
  return {buffer.data(),
          is_plain ? std::to_chars(buffer.data(), end, value, std::chars_format::fixed).ptr
                   : std::to_chars(buffer.data(), end, value).ptr};
}

std::string digits_of(uint32_t value) { return word_digits(value); }

std::string digits_of(uint8_t value) {
  constexpr const char* kDigits = "0123456789abcdef";
  return {kDigits[value >> 4], kDigits[value & 15]};
}

template <class T>
bool same(T a, T b) {
  return std::ranges::equal(std::as_bytes(std::span(&a, 1)), std::as_bytes(std::span(&b, 1)));
}

template <class T>
std::string joined(std::span<const T> values) {
  constexpr size_t kFewest = 4;  // that are worth counting
  size_t alike = 1;
  while (alike < values.size() && same(values[values.size() - alike - 1], values.back())) ++alike;
  const size_t shown = alike < kFewest ? values.size() : values.size() - alike + 1;
  std::string text;
  for (size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : " ") + digits_of(values[i]);
  if (shown < values.size()) text += " x " + std::to_string(alike);
  return text;
}

const char* word_of_call(const llvm::CallInst& call) {
  switch (call.getIntrinsicID()) {
    case llvm::Intrinsic::fma:
      return "fma";
    case llvm::Intrinsic::sqrt:
      return "root";
    case llvm::Intrinsic::umax:
      return "largest";
    case llvm::Intrinsic::bswap:
      return "big_endian";
    case llvm::Intrinsic::x86_avx512_vpermi2var_ps_512:
    case llvm::Intrinsic::x86_avx512_permvar_sf_512:
    case llvm::Intrinsic::x86_avx2_permps:
      return "permuted";
    case llvm::Intrinsic::x86_avx512_vpermi2var_qi_512:
    case llvm::Intrinsic::x86_avx512_permvar_qi_512:
    case llvm::Intrinsic::x86_avx512_pshuf_b_512:
    case llvm::Intrinsic::x86_avx2_pshuf_b:
    case llvm::Intrinsic::aarch64_neon_tbl1:
      return "placed";
    case llvm::Intrinsic::aarch64_neon_fcvtns:
    case llvm::Intrinsic::x86_sse2_cvtps2dq:
    case llvm::Intrinsic::x86_avx_cvt_ps2dq_256:
    case llvm::Intrinsic::x86_avx512_mask_cvtps2dq_512:
      return "whole";
    case llvm::Intrinsic::aarch64_get_fpcr:
      return "saved_fpcr";
    default:
      return "bad";
  }
}

}  // namespace

std::string plain_digits(float value) { return digits_of(value); }
std::string plain_digits(double value) { return digits_of(value); }

std::string word_digits(uint32_t value) {
  if (value < 10'000) return std::to_string(value);
  std::array<char, 16> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, 16).ptr;
  return "0x" + std::string(buffer.data(), end);
}

std::string text_of_numbers(std::span<const float> values) { return joined(values); }
std::string text_of_numbers(std::span<const double> values) { return joined(values); }
std::string text_of_numbers(std::span<const uint32_t> values) { return joined(values); }
std::string text_of_numbers(std::span<const uint8_t> values) { return joined(values); }

const char* word_of(const llvm::Instruction& instruction) {
  if (const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction)) return word_of_call(*call);
  switch (instruction.getOpcode()) {
    case llvm::Instruction::FAdd:
    case llvm::Instruction::Add:
      return "sum";
    case llvm::Instruction::FSub:
    case llvm::Instruction::Sub:
      return "difference";
    case llvm::Instruction::FMul:
    case llvm::Instruction::Mul:
      return "product";
    case llvm::Instruction::FDiv:
      return "quotient";
    case llvm::Instruction::FNeg:
      return "negative";
    case llvm::Instruction::FCmp:
    case llvm::Instruction::ICmp:
      return "is";
    case llvm::Instruction::Select:
      return "chosen";
    case llvm::Instruction::And:
      return "and";
    case llvm::Instruction::Or:
      return "or";
    case llvm::Instruction::Xor:
      return "xor";
    case llvm::Instruction::Shl:
      return "shifted";
    case llvm::Instruction::ShuffleVector:
    case llvm::Instruction::ExtractElement:
    case llvm::Instruction::InsertElement:
      return "lanes";
    case llvm::Instruction::BitCast:
      return "bits";
    case llvm::Instruction::FPExt:
    case llvm::Instruction::ZExt:
      return "wide";
    case llvm::Instruction::FPTrunc:
    case llvm::Instruction::Trunc:
      return "narrow";
    case llvm::Instruction::SIToFP:
      return "number";
    case llvm::Instruction::GetElementPtr:
      return "place";
    case llvm::Instruction::Load:
      return "loaded";
    default:
      return "value";
  }
}

}  // namespace rigjit
