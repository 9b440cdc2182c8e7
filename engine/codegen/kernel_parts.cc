// Functions of bounded size, and a kernel that calls them one after the other. The size is a bound
// on compile time: selecting instructions takes more than linear time in a block, 5 to 26 s for one
// block of 30,000 values against less than a second in parts.
//
// The kernel alone touches the processor's floating-point state. It is set once for all parts, as
// it costs 25 cycles, and set back to what the caller had: bytes must not depend on a host that
// flushes denormals, and a host must not notice that it called.
#include "codegen/kernel_parts.h"

#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <algorithm>

namespace rigjit {
namespace {

// Default MXCSR: round to nearest, denormals kept, exceptions masked. The same FPCR is 0.
constexpr uint32_t kDefaultMxcsr = 0x1f80;

// What one part holds at most.
constexpr uint32_t kOneHotInputsOfPart = 128;

}  // namespace

void KernelParts::emit_parts(const std::string& name, uint32_t first, uint32_t end, uint32_t size,
                             llvm::function_ref<llvm::Value*(uint32_t, uint32_t)> body) {
  for (uint32_t part = first; part < end; part += size) {
    auto* function = e_.begin_function(
        end - first > size ? name + "." + std::to_string((part - first) / size) : name,
        function_type(true));
    take_parameters(function);
    e_.scratch = function->getArg(static_cast<unsigned>(function->arg_size()) - 1);
    e_.scratch->setName("scratch");
    e_.b.CreateRet(body(part, std::min(end, part + size)));
    parts_.push_back(function);
  }
}

void KernelParts::emit_one_hots(const std::string& name, const Plan& plan,
                                std::span<const uint32_t> one_hots,
                                llvm::function_ref<llvm::Value*(std::span<const uint32_t>)> body) {
  const auto inputs_of = [&](uint32_t index) {
    return std::get<OneHot>(plan.operations()[one_hots[index]]).count;
  };
  const auto count = static_cast<uint32_t>(one_hots.size());
  for (uint32_t first = 0, end = 0; first < count; first = end) {
    uint32_t size = inputs_of(end++);
    while (end < count && end - first < e_.lanes) {
      size += inputs_of(end);
      if (size > kOneHotInputsOfPart) break;
      ++end;
    }
    emit_parts(
        name + "." + std::to_string(first), first, end, end - first,
        [&](uint32_t begin, uint32_t) { return body(one_hots.subspan(begin, end - begin)); });
  }
}

void KernelParts::emit_kernel(uint32_t in_floats, uint32_t scratch_floats) {
  take_parameters(e_.begin_function(kernel_, function_type(false), true));
  e_.scratch = vector_alloca(scratch_floats, "scratch");
  if (in_floats < e_.lanes) e_.in = copy_of_short_input(in_floats);
  llvm::Value* saved = enter_default_float_state();
  llvm::Value* bad = e_.b.getInt32(0);
  for (llvm::Function* function : parts_) {
    std::vector<llvm::Value*> arguments = {e_.in, e_.out};
    if (is_continuous_) arguments.insert(arguments.end(), {e_.previous, e_.next});
    arguments.push_back(e_.scratch);
    bad = e_.b.CreateOr(bad, e_.b.CreateCall(function, arguments, "bad"), "bad_so_far");
  }
  restore_float_state(saved);
  // Once for all: functions of the module leave the upper halves of registers as they are.
  if (e_.lanes > 4) e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx_vzeroupper, {}, {});
  e_.b.CreateRet(bad);
}

llvm::FunctionType* KernelParts::function_type(bool has_scratch) {
  const std::vector<llvm::Type*> parameters((is_continuous_ ? 4 : 2) + (has_scratch ? 1 : 0),
                                            e_.b.getPtrTy());
  return llvm::FunctionType::get(e_.b.getInt32Ty(), parameters, false);
}

void KernelParts::take_parameters(llvm::Function* function) {
  e_.in = function->getArg(0);
  e_.out = function->getArg(1);
  e_.in->setName("in");
  e_.out->setName("out");
  if (!is_continuous_) return;
  e_.previous = function->getArg(2);
  e_.next = function->getArg(3);
  e_.previous->setName("previous");
  e_.next->setName("next");
}

llvm::Value* KernelParts::vector_alloca(uint32_t floats, const char* name) {
  auto* alloca = e_.b.CreateAlloca(llvm::ArrayType::get(e_.b.getFloatTy(), floats), nullptr, name);
  alloca->setAlignment(llvm::Align(64));
  return alloca;
}

// So that whole vectors can be read where the kernel's input is shorter than one.
llvm::Value* KernelParts::copy_of_short_input(uint32_t floats) {
  llvm::Value* copy = vector_alloca(e_.lanes, "padded_in");
  e_.store(llvm::Constant::getNullValue(e_.floats(e_.lanes)), copy, 0, 4 * e_.lanes);
  for (uint32_t i = 0; i < floats; ++i) {
    e_.store(e_.load(e_.b.getInt32Ty(), e_.in, 4 * uint64_t{i}, 4, "element"), copy,
             4 * uint64_t{i}, 4);
  }
  return copy;
}

llvm::Value* KernelParts::enter_default_float_state() {
  if (e_.target.id == TargetId::kAArch64) {
    llvm::Value* saved = e_.b.CreateIntrinsic(llvm::Intrinsic::aarch64_get_fpcr, {}, {});
    e_.b.CreateIntrinsic(llvm::Intrinsic::aarch64_set_fpcr, {}, {e_.b.getInt64(0)});
    return saved;
  }
  llvm::Value* saved = e_.b.CreateAlloca(e_.b.getInt32Ty(), nullptr, "saved_mxcsr");
  llvm::Value* fresh = e_.b.CreateAlloca(e_.b.getInt32Ty(), nullptr, "default_mxcsr");
  e_.b.CreateIntrinsic(llvm::Intrinsic::x86_sse_stmxcsr, {}, {saved});
  e_.store(e_.b.getInt32(kDefaultMxcsr), fresh, 0, 4);
  e_.b.CreateIntrinsic(llvm::Intrinsic::x86_sse_ldmxcsr, {}, {fresh});
  return saved;
}

void KernelParts::restore_float_state(llvm::Value* saved) {
  const llvm::Intrinsic::ID id = e_.target.id == TargetId::kAArch64
                                     ? llvm::Intrinsic::ID{llvm::Intrinsic::aarch64_set_fpcr}
                                     : llvm::Intrinsic::ID{llvm::Intrinsic::x86_sse_ldmxcsr};
  e_.b.CreateIntrinsic(id, {}, {saved});
}

}  // namespace rigjit
