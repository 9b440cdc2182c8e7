// What every part of the code generator needs: the module, a builder at its insertion point, the
// table of constants and the target; and the few shapes of memory access that kernels are made of.
//
// The module holds its constants itself, in one block (constant_table.h). How large the block gets
// is known only at the end, and LLVM fixes the type of a global when it is made: so until
// finish_constants() a placeholder stands for it.
#pragma once

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "code/target.h"
#include "codegen/lanes/constant_table.h"
#include "codegen/lanes/dump_notes.h"
#include "codegen/lanes/dump_words.h"

namespace rigjit {

using llvm::Value;

inline constexpr const char* kConstantsName = "constants";

class Emitter {
 public:
  // notes: of a dump, which also names every value, after the spec where it can; null when nobody
  // reads the module. The instructions are the same.
  Emitter(llvm::Module& module, const Target& target, DumpNotes* notes);

  llvm::Module& module;
  const Target& target;
  const uint32_t lanes;
  ConstantTable table;
  DumpNotes* const notes;

  using Builder = llvm::IRBuilder<llvm::ConstantFolder, llvm::IRBuilderCallbackInserter>;
  Builder b;

  // Parameters of the function under construction.
  Value* in = nullptr;
  Value* out = nullptr;
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
  // `name` is kept only for dumps, here and below.
  Value* load(llvm::Type* type, Value* base, uint64_t offset_bytes, uint32_t alignment,
              llvm::StringRef name = "");
  // Returns the instruction, for comments.
  Value* store(Value* value, Value* base, uint64_t offset_bytes, uint32_t alignment);
  // Where these constants are in the module.
  template <class T>
  Value* place_of_constants(const std::vector<T>& values) {
    return at(constants_, table.intern(values));
  }
  // They themselves, as `type`.
  template <class T>
  Value* constant_vector(llvm::Type* type, const std::vector<T>& values,
                         llvm::StringRef name = "") {
    const size_t size_bytes = values.size() * sizeof(T);
    Value* loaded =
        load(type, place_of_constants(values), 0,
             static_cast<uint32_t>(std::min<size_t>(64, std::bit_floor(size_bytes))), name);
    comment(loaded, [&] { return name.str() + ": " + text_of_numbers(std::span(values)); });
    return loaded;
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
  // One float from the table in every lane. Without a name it is called after its digits.
  Value* splat(float value, llvm::StringRef name = "");
  Value* splat_bits(uint32_t value, llvm::StringRef name = "");  // <lanes x i32>

  // The first `count` elements of a vector, written without touching what lies behind them.
  // `stored`, if any, is told every store and the elements [first, end) that it writes.
  using Stored = llvm::function_ref<void(Value* store, uint32_t first, uint32_t end)>;
  void store_exactly(Value* vector, uint32_t count, Value* base, uint64_t offset_bytes,
                     Stored stored = nullptr);

  // Vectors side by side; all of one type, a power of two of them.
  Value* concat(std::vector<Value*> parts);

  // Lane i takes element indices[i] of `low` followed by `high`, which may be null.
  Value* permute(Value* low, Value* high, const std::vector<uint32_t>& indices);

  // A function of the module's own: internal, leaf-like, nounwind. Leaves the builder in its entry
  // block.
  llvm::Function* begin_function(const std::string& name, llvm::FunctionType* type,
                                 bool is_external = false);

  // A constant of the module that others may find by its name.
  void add_external_constant(const std::string& name, const std::vector<uint32_t>& words);

  // Once all is emitted: gives the module the constants that it was emitted with, as
  // kConstantsName.
  void finish_constants();

  // What follows tells dumps more, and makes its text only for them.

  // A comment at the instruction.
  template <class MakeText>
  void comment(Value* instruction, MakeText make_text) {
    if (notes != nullptr) notes->comment(instruction, make_text());
  }
  Value* named(Value* value, const llvm::Twine& name) {
    if (notes != nullptr && !llvm::isa<llvm::Constant>(value)) value->setName(name);
    return value;
  }
  // Instructions emitted from now on work for these channels; without an argument, for none.
  template <class MakeConcern>
  void concerns(MakeConcern make_concern) {
    if (notes != nullptr) notes->set_concern(make_concern());
  }
  void concerns(ChannelRange channels) {
    if (notes != nullptr) notes->set_concern({channels});
  }
  void concerns() {
    if (notes != nullptr) notes->set_concern({});
  }

  // While it lives, values without a name of their own are called after it and what they are:
  // "atan.sum". Scopes nest: "first.atan.sum".
  class NameScope {
   public:
    NameScope(Emitter& emitter, llvm::StringRef name);
    ~NameScope();
    NameScope(const NameScope&) = delete;
    NameScope& operator=(const NameScope&) = delete;

   private:
    Emitter& emitter_;
    const size_t outer_length_;
  };

  // While it lives, as concerns(); then what it was before.
  class ConcernScope {
   public:
    template <class MakeConcern>
    ConcernScope(Emitter& emitter, MakeConcern make_concern) : emitter_(emitter) {
      if (emitter.notes == nullptr) return;
      outer_ = emitter.notes->concern();
      emitter.notes->set_concern(make_concern());
    }
    ConcernScope(Emitter& emitter, ChannelRange channels)
        : ConcernScope(emitter, [channels] { return Concern{channels}; }) {}
    ~ConcernScope() {
      if (emitter_.notes != nullptr) emitter_.notes->set_concern(std::move(outer_));
    }
    ConcernScope(const ConcernScope&) = delete;
    ConcernScope& operator=(const ConcernScope&) = delete;

   private:
    Emitter& emitter_;
    Concern outer_;
  };

 private:
  void inserted(llvm::Instruction& instruction);
  [[nodiscard]] llvm::Constant* constants_of(const ConstantTable::Entry& entry) const;

  // Stands for the constants until their size is known.
  llvm::GlobalVariable* constants_;
  std::string scope_;  // "first.atan."
};

}  // namespace rigjit
