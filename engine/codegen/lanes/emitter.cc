// Everything emitted goes through one builder, so that a dump can name and remember each
// instruction as it is made (inserted()), and a compilation that nobody reads pays one comparison
// for it.
#include "codegen/lanes/emitter.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace rigjit {

Emitter::Emitter(llvm::Module& m, const Target& t, DumpNotes* dump_notes)
    : module(m),
      target(t),
      lanes(t.lanes),
      notes(dump_notes),
      b(m.getContext(), llvm::ConstantFolder(),
        llvm::IRBuilderCallbackInserter([this](llvm::Instruction* instruction) {
          if (notes != nullptr) inserted(*instruction);
        })),
      constants_(new llvm::GlobalVariable(m, b.getInt8Ty(), /*isConstant=*/true,
                                          llvm::GlobalValue::ExternalLinkage, nullptr,
                                          "unfinished_constants")) {}

void Emitter::inserted(llvm::Instruction& instruction) {
  notes->added(&instruction);
  if (instruction.getType()->isVoidTy() || instruction.hasName()) return;
  instruction.setName(scope_ + word_of(instruction));
}

Emitter::NameScope::NameScope(Emitter& emitter, llvm::StringRef name)
    : emitter_(emitter), outer_length_(emitter.scope_.size()) {
  if (emitter.notes != nullptr) emitter.scope_ += (name + ".").str();
}

Emitter::NameScope::~NameScope() { emitter_.scope_.resize(outer_length_); }

Value* Emitter::at(Value* base, uint64_t offset_bytes) {
  if (offset_bytes == 0) return base;
  Value* place = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, offset_bytes);
  return named(place, base->getName() + "." + llvm::Twine(offset_bytes));
}

Value* Emitter::load(llvm::Type* type, Value* base, uint64_t offset_bytes, uint32_t alignment,
                     llvm::StringRef name) {
  return b.CreateAlignedLoad(type, at(base, offset_bytes), llvm::Align(alignment), name);
}

Value* Emitter::store(Value* value, Value* base, uint64_t offset_bytes, uint32_t alignment) {
  return b.CreateAlignedStore(value, at(base, offset_bytes), llvm::Align(alignment));
}

Value* Emitter::splat(float value, llvm::StringRef name) {
  const std::string digits = notes != nullptr && name.empty() ? "k." + plain_digits(value) : "";
  return b.CreateVectorSplat(
      lanes, constant_vector(b.getFloatTy(), std::vector{value}, name.empty() ? digits : name),
      "in_all_lanes");
}

Value* Emitter::splat_bits(uint32_t value, llvm::StringRef name) {
  const std::string digits = notes != nullptr && name.empty() ? "k." + word_digits(value) : "";
  return b.CreateVectorSplat(
      lanes, constant_vector(b.getInt32Ty(), std::vector{value}, name.empty() ? digits : name),
      "in_all_lanes");
}

void Emitter::store_exactly(Value* vector, uint32_t count, Value* base, uint64_t offset_bytes,
                            Stored stored) {
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
    Value* instruction =
        store(part, base, offset_bytes + uint64_t{done} * element_size, element_size);
    if (stored) stored(instruction, done, done + piece);
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

void Emitter::add_external_constant(const std::string& name, const std::vector<uint32_t>& words) {
  auto* value = llvm::ConstantDataArray::get(module.getContext(), words);
  auto* global = new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true,
                                          llvm::GlobalValue::ExternalLinkage, value, name);
  global->setAlignment(llvm::Align(4));
}

llvm::Constant* Emitter::constants_of(const ConstantTable::Entry& entry) const {
  llvm::LLVMContext& context = module.getContext();
  const uint8_t* bytes = table.bytes().data() + entry.offset;
  const auto elements = [&]<class T>(T) {
    std::vector<T> values(entry.size / sizeof(T));
    std::memcpy(values.data(), bytes, entry.size);
    return llvm::ConstantDataArray::get(context, values);
  };
  switch (entry.kind) {
    case ConstantKind::kFloats:
      return elements(float{});
    case ConstantKind::kDoubles:
      return elements(double{});
    case ConstantKind::kWords:
      return elements(uint32_t{});
    case ConstantKind::kBytes:
      break;
  }
  return elements(uint8_t{});
}

// A packed structure of what was interned, with zeros in the gaps: bytes where the table has them,
// numbers for whoever reads the module.
void Emitter::finish_constants() {
  std::vector<ConstantTable::Entry> entries = table.entries();
  std::ranges::sort(entries, {}, &ConstantTable::Entry::offset);
  std::vector<llvm::Constant*> fields;
  uint32_t end = 0;
  const auto fill_to = [&](uint32_t offset) {
    if (offset > end) {
      fields.push_back(
          llvm::Constant::getNullValue(llvm::ArrayType::get(b.getInt8Ty(), offset - end)));
    }
  };
  for (const ConstantTable::Entry& entry : entries) {
    fill_to(entry.offset);
    fields.push_back(constants_of(entry));
    end = entry.offset + entry.size;
  }
  fill_to(static_cast<uint32_t>(table.bytes().size()));
  if (!fields.empty()) {
    auto* block = llvm::ConstantStruct::getAnon(module.getContext(), fields, /*Packed=*/true);
    auto* global =
        new llvm::GlobalVariable(module, block->getType(), /*isConstant=*/true,
                                 llvm::GlobalValue::InternalLinkage, block, kConstantsName);
    global->setAlignment(llvm::Align(64));
    constants_->replaceAllUsesWith(global);
  }
  constants_->eraseFromParent();
  constants_ = nullptr;
}

}  // namespace rigjit
