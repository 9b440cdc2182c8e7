// What every part of the code generator needs: the module, a builder at its insertion point, the
// table of constants and the target; and the few shapes of memory access that kernels are made of.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <optional>
#include <string>
#include <vector>

#include "code/target.h"
#include "codegen/lanes/constant_table.h"

namespace rigjit {

using llvm::Value;

// The controllers that an instruction works for, for dumps of one controller: [first, last].
struct ControllerRange {
  uint32_t first = 0;
  uint32_t last = UINT32_MAX;
};

class Emitter {
 public:
  // keep_names: values and instructions are named after the spec and tagged with controllers, for
  // dumps; machine code does not depend on it.
  Emitter(llvm::Module& module, const Target& target, bool keep_names);

  llvm::Module& module;
  const Target& target;
  const uint32_t lanes;
  ConstantTable table;
  const bool keep_names;
  // Of a dump of one controller: vectors that several share are named after this one's part.
  std::optional<uint32_t> focus;

  using Builder = llvm::IRBuilder<llvm::ConstantFolder, llvm::IRBuilderCallbackInserter>;
  Builder b;

  // Parameters of the function under construction.
  Value* in = nullptr;
  Value* out = nullptr;
  Value* table_pointer = nullptr;
  Value* scratch = nullptr;
  // Of continuous programs: what is remembered of the frame before, and what the next will read.
  Value* previous = nullptr;
  Value* next = nullptr;

  llvm::Type* float_type() { return b.getFloatTy(); }
  llvm::FixedVectorType* floats(uint32_t n) {
    return llvm::FixedVectorType::get(b.getFloatTy(), n);
  }
  llvm::FixedVectorType* bytes(uint32_t n) { return llvm::FixedVectorType::get(b.getInt8Ty(), n); }

  // base + offset_bytes
  Value* at(Value* base, uint64_t offset_bytes);
  // `name` is kept only for dumps.
  Value* load(llvm::Type* type, Value* base, uint64_t offset_bytes, uint32_t alignment,
              const llvm::Twine& name = "");
  void store(Value* value, Value* base, uint64_t offset_bytes, uint32_t alignment);
  // A vector of constants from the table.
  template <class T>
  Value* constant_vector(llvm::Type* type, const std::vector<T>& values,
                         const llvm::Twine& name = "") {
    return load(
        type, table_pointer, table.intern(values),
        static_cast<uint32_t>(std::min<size_t>(64, std::bit_floor(values.size() * sizeof(T)))),
        name);
  }
  // The constant mask of those that `holds` for, one bit an element.
  template <class T, class Predicate>
  llvm::Constant* mask_of(const std::vector<T>& elements, Predicate holds) {
    std::vector<llvm::Constant*> mask;
    for (const T& element : elements) mask.push_back(b.getInt1(holds(element)));
    return llvm::ConstantVector::get(mask);
  }
  // The same for each lane, from wherever the target selects by it fastest.
  template <class T, class Predicate>
  Value* mask_vector(const std::vector<T>& elements, Predicate holds) {
    if (lanes != 16) return mask_of(elements, holds);
    // From memory: through a general register takes two instructions more.
    std::vector<uint8_t> bits(2, 0);
    for (size_t i = 0; i < elements.size(); ++i) {
      if (holds(elements[i])) bits[i / 8] |= static_cast<uint8_t>(1u << (i % 8));
    }
    return constant_vector(llvm::FixedVectorType::get(b.getInt1Ty(), lanes), bits, "mask");
  }
  // One float from the table in every lane.
  Value* splat(float value);
  Value* splat_bits(uint32_t value);  // <lanes x i32>

  // The first `count` elements of a vector, written without touching what lies behind them.
  void store_exactly(Value* vector, uint32_t count, Value* base, uint64_t offset_bytes);

  // Vectors side by side; all of one type, a power of two of them.
  Value* concat(std::vector<Value*> parts);

  // Lane i takes element indices[i] of `low` followed by `high`, which may be null.
  Value* permute(Value* low, Value* high, const std::vector<uint32_t>& indices);

  // A function of the module's own: internal, leaf-like, nounwind. Leaves the builder in its entry
  // block.
  llvm::Function* begin_function(const std::string& name, llvm::FunctionType* type,
                                 bool is_external = false);

  // Controllers that instructions emitted from now on belong to.
  void set_range(ControllerRange range) { range_ = range; }
  [[nodiscard]] ControllerRange range() const { return range_; }
  [[nodiscard]] ControllerRange range_of(const llvm::Instruction* instruction) const;

 private:
  ControllerRange range_;
  llvm::DenseMap<const llvm::Instruction*, ControllerRange> ranges_;
};

}  // namespace rigjit
