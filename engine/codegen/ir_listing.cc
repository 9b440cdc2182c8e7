// LLVM prints a module; a writer of annotations marks each function and instruction in its text,
// and the marks are replaced by comments. So the text is LLVM's own, and only the constants, which
// LLVM prints in one line, are written here, a field a line.
#include "codegen/ir_listing.h"

#include <llvm/IR/AssemblyAnnotationWriter.h>
#include <llvm/IR/Constants.h>
#include <llvm/Support/FormattedStream.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <string_view>

#include "base/printable.h"
#include "codegen/lanes/dump_words.h"
#include "codegen/lanes/emitter.h"

namespace rigjit {
namespace {

// Begins a line that stands for the comments of an instruction or a function. LLVM escapes such
// characters wherever they come from names.
constexpr char kInstructionMark = '\1';
constexpr char kFunctionMark = '\2';

class Marks : public llvm::AssemblyAnnotationWriter {
 public:
  explicit Marks(IrListing& listing) : listing_(listing) {}

  void emitFunctionAnnot(const llvm::Function* function,
                         llvm::formatted_raw_ostream& stream) override {
    if (function->isDeclaration()) return;
    listing_.functions.push_back(function);
    stream << kFunctionMark << '\n';
  }

  void emitInstructionAnnot(const llvm::Instruction* instruction,
                            llvm::formatted_raw_ostream& stream) override {
    listing_.instructions.push_back(instruction);
    stream << kInstructionMark << '\n';
  }

 private:
  IrListing& listing_;
};

template <class Element>
std::string numbers_of(const llvm::ConstantDataSequential& data) {
  std::vector<Element> values(data.getNumElements());
  std::memcpy(values.data(), data.getRawDataValues().data(), values.size() * sizeof(Element));
  return text_of_numbers(std::span<const Element>(values));
}

// "; 128: 25 25 0.9", and nothing for the zeros between.
std::string comment_of(const llvm::Constant& field, uint64_t offset) {
  const auto* data = llvm::dyn_cast<llvm::ConstantDataSequential>(&field);
  if (data == nullptr) return {};
  const llvm::Type& type = *data->getElementType();
  const std::string numbers = type.isFloatTy()       ? numbers_of<float>(*data)
                              : type.isDoubleTy()    ? numbers_of<double>(*data)
                              : type.isIntegerTy(32) ? numbers_of<uint32_t>(*data)
                                                     : numbers_of<uint8_t>(*data);
  return "  ; " + std::to_string(offset) + ": " + numbers;
}

// The constants, a field a line: LLVM prints all of them in one.
std::vector<std::string> lines_of_constants(const llvm::GlobalVariable& global) {
  const auto& block = *llvm::cast<llvm::ConstantStruct>(global.getInitializer());
  const llvm::DataLayout& layout = global.getParent()->getDataLayout();
  std::vector<std::string> lines = {"@" + global.getName().str() + " = internal constant <{"};
  const auto type_of = [](const llvm::Constant& field) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    field.getType()->print(stream);
    return text;
  };
  const unsigned count = block.getNumOperands();
  constexpr unsigned kTypesOfLine = 8;
  for (unsigned i = 0; i < count; ++i) {
    if (i % kTypesOfLine == 0) lines.emplace_back(" ");
    lines.back() += " " + type_of(*block.getOperand(i)) + (i + 1 < count ? "," : "");
  }
  lines.emplace_back("}> <{");
  uint64_t offset = 0;
  for (unsigned i = 0; i < count; ++i) {
    const llvm::Constant& field = *block.getOperand(i);
    std::string text = "  ";
    llvm::raw_string_ostream stream(text);
    field.printAsOperand(stream, /*PrintType=*/true);
    stream.flush();
    lines.push_back(text + (i + 1 < count ? "," : "") + comment_of(field, offset));
    offset += layout.getTypeAllocSize(field.getType());
  }
  lines.push_back("}>, align " + std::to_string(global.getAlign()->value()));
  return lines;
}

class Lines {
 public:
  Lines(const NamedIr& named, const Plan& plan, const SpecPlaces* source, IrListing& listing)
      : named_(named), plan_(plan), source_(source), listing_(listing) {}

  void add(std::string_view line) {
    if (!line.empty() && line[0] == kFunctionMark) {
      ++function_;
      return add_origin();
    }
    if (!line.empty() && line[0] == kInstructionMark) {
      ++instruction_;
      is_instruction_ = true;
      const std::string& comment = named_.notes->comment_of(listing_.instructions[instruction_]);
      if (!comment.empty()) push("  ; " + comment, instruction_);
      return;
    }
    if (const llvm::GlobalVariable* constants = constants_of(line)) {
      for (std::string& text : lines_of_constants(*constants)) {
        push(std::move(text), IrLine::kNone);
      }
      return;
    }
    push(std::string(line), is_instruction_ ? instruction_ : IrLine::kNone);
    is_instruction_ = false;
    if (line == "}") is_inside_ = false;
  }

 private:
  // The constants of a program that the line defines, if it does.
  [[nodiscard]] const llvm::GlobalVariable* constants_of(std::string_view line) const {
    if (!line.starts_with(std::string("@") + kConstantsName)) return nullptr;
    return named_.ir.module->getGlobalVariable(llvm::StringRef(line.substr(1, line.find(' ') - 1)),
                                               /*AllowInternal=*/true);
  }

  void push(std::string text, uint32_t instruction) {
    listing_.lines.push_back(
        {std::move(text), instruction, is_inside_ ? function_ : IrLine::kNone});
  }

  void add_origin() {
    is_inside_ = true;
    const auto controllers = controllers_of(*listing_.functions[function_], *named_.notes, plan_);
    for (std::string& text : origin_lines(controllers, plan_, source_)) {
      push("; " + std::move(text), IrLine::kNone);
    }
  }

  const NamedIr& named_;
  const Plan& plan_;
  const SpecPlaces* source_;
  IrListing& listing_;
  uint32_t instruction_ = UINT32_MAX, function_ = UINT32_MAX;  // the last that was marked
  bool is_instruction_ = false;                                // whether the next line shows it
  bool is_inside_ = false;
};

}  // namespace

bool concerns(const Concern& concern, const PlanController& controller) {
  return std::ranges::any_of(concern, [&](const ChannelRange& range) {
    return range.first < controller.first_channel + controller.channel_count &&
           range.last >= controller.first_channel;
  });
}

std::vector<uint32_t> controllers_of(const llvm::Function& function, const DumpNotes& notes,
                                     const Plan& plan) {
  std::vector<bool> is_concerned(plan.controllers().size(), false);
  for (const llvm::BasicBlock& block : function) {
    for (const llvm::Instruction& instruction : block) {
      for (const ChannelRange& range : notes.concern_of(&instruction)) {
        const uint32_t last = plan.controller_of(range.last);
        for (uint32_t i = plan.controller_of(range.first); i <= last; ++i) is_concerned[i] = true;
      }
    }
  }
  std::vector<uint32_t> controllers;
  for (uint32_t i = 0; i < is_concerned.size(); ++i) {
    if (is_concerned[i]) controllers.push_back(i);
  }
  return controllers;
}

std::vector<std::string> origin_lines(const std::vector<uint32_t>& controllers, const Plan& plan,
                                      const SpecPlaces* source) {
  std::vector<std::string> lines;
  for (const uint32_t i : controllers) {
    std::string line = printable(plan.controllers()[i].name);
    if (source != nullptr) line += ": " + printable(source->text(source->controllers[i]));
    lines.push_back(std::move(line));
  }
  return lines;
}

IrListing ir_listing(const NamedIr& named, const Plan& plan, const SpecPlaces* source) {
  IrListing listing;
  std::string text;
  {
    llvm::raw_string_ostream stream(text);
    Marks marks(listing);
    named.ir.module->print(stream, &marks);
  }
  Lines lines(named, plan, source, listing);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.add(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
  }
  return listing;
}

}  // namespace rigjit
