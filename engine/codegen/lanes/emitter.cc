#include "codegen/lanes/emitter.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <numeric>

namespace rigjit {

Emitter::Emitter(llvm::Module& m, const Target& t, bool names)
    : module(m),
      target(t),
      lanes(t.lanes),
      keep_names(names),
      b(m.getContext(), llvm::ConstantFolder(),
        llvm::IRBuilderCallbackInserter([this](llvm::Instruction* instruction) {
          if (keep_names && range_.last != UINT32_MAX) ranges_[instruction] = range_;
        })) {}

Value* Emitter::at(Value* base, uint64_t offset_bytes) {
  return offset_bytes == 0 ? base : b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, offset_bytes);
}

Value* Emitter::load(llvm::Type* type, Value* base, uint64_t offset_bytes, uint32_t alignment,
                     const llvm::Twine& name) {
  return b.CreateAlignedLoad(type, at(base, offset_bytes), llvm::Align(alignment), name);
}

void Emitter::store(Value* value, Value* base, uint64_t offset_bytes, uint32_t alignment) {
  b.CreateAlignedStore(value, at(base, offset_bytes), llvm::Align(alignment));
}

Value* Emitter::splat(float value) {
  Value* scalar = load(b.getFloatTy(), table_pointer, table.intern(std::vector<float>{value}), 4);
  return b.CreateVectorSplat(lanes, scalar);
}

Value* Emitter::splat_bits(uint32_t value) {
  Value* scalar =
      load(b.getInt32Ty(), table_pointer, table.intern(std::vector<uint32_t>{value}), 4);
  return b.CreateVectorSplat(lanes, scalar);
}

void Emitter::store_exactly(Value* vector, uint32_t count, Value* base, uint64_t offset_bytes) {
  auto* type = llvm::cast<llvm::FixedVectorType>(vector->getType());
  const uint32_t element_size = type->getElementType()->getScalarSizeInBits() / 8;
  uint32_t done = 0;
  for (uint32_t piece = type->getNumElements(); piece > 0; piece /= 2) {
    if (count - done < piece) continue;
    Value* part = vector;
    if (piece == 1) {
      part = b.CreateExtractElement(vector, done);
    } else if (piece != type->getNumElements()) {
      std::vector<int> mask(piece);
      std::iota(mask.begin(), mask.end(), static_cast<int>(done));
      part = b.CreateShuffleVector(vector, mask);
    }
    store(part, base, offset_bytes + uint64_t{done} * element_size, element_size);
    done += piece;
  }
}

Value* Emitter::concat(std::vector<Value*> parts) {
  while (parts.size() > 1) {
    const auto count = llvm::cast<llvm::FixedVectorType>(parts[0]->getType())->getNumElements();
    std::vector<int> mask(2 * count);
    std::iota(mask.begin(), mask.end(), 0);
    std::vector<Value*> pairs;
    for (size_t i = 0; i < parts.size(); i += 2) {
      pairs.push_back(b.CreateShuffleVector(parts[i], parts[i + 1], mask));
    }
    parts = std::move(pairs);
  }
  return parts[0];
}

Value* Emitter::permute(Value* low, Value* high, const std::vector<uint32_t>& indices) {
  if (lanes == 4) {
    const std::vector<int> mask(indices.begin(), indices.end());
    return b.CreateShuffleVector(low, high ? high : low, mask);
  }
  Value* places =
      constant_vector(llvm::FixedVectorType::get(b.getInt32Ty(), lanes), indices, "places");
  if (lanes == 16 && high) {
    return b.CreateIntrinsic(llvm::Intrinsic::x86_avx512_vpermi2var_ps_512, {},
                             {low, places, high});
  }
  if (lanes == 16) {
    return b.CreateIntrinsic(llvm::Intrinsic::x86_avx512_permvar_sf_512, {}, {low, places});
  }
  Value* from_low = b.CreateIntrinsic(llvm::Intrinsic::x86_avx2_permps, {}, {low, places});
  if (!high) return from_low;
  std::vector<llvm::Constant*> mask;
  for (uint32_t index : indices) mask.push_back(b.getInt1(index >= lanes));
  return b.CreateSelect(llvm::ConstantVector::get(mask),
                        b.CreateIntrinsic(llvm::Intrinsic::x86_avx2_permps, {}, {high, places}),
                        from_low);
}

llvm::Function* Emitter::begin_function(const std::string& name, llvm::FunctionType* type,
                                        bool is_external) {
  const auto linkage =
      is_external ? llvm::Function::ExternalLinkage : llvm::Function::InternalLinkage;
  auto* function = llvm::Function::Create(type, linkage, name, module);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr(llvm::Attribute::NoInline);
  function->addFnAttr("target-cpu", target.llvm_cpu);
  function->addFnAttr("target-features", target.llvm_features);
  if (lanes == 16) {
    // Without these, vectors of 512 bits are split in arguments and in code.
    function->addFnAttr("min-legal-vector-width", "512");
    function->addFnAttr("prefer-vector-width", "512");
  }
  b.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", function));
  return function;
}

ControllerRange Emitter::range_of(const llvm::Instruction* instruction) const {
  const auto place = ranges_.find(instruction);
  return place == ranges_.end() ? ControllerRange{} : place->second;
}

}  // namespace rigjit
