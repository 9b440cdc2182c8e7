// How an instruction is followed through code generation: as its place in a source file, which is
// the IR itself. LLVM keeps places through all its passes, and directives that tell them, `.loc`,
// change no instruction. They are taken out again here, with what comes along.
#include "codegen/link/assembly_listing.h"

#include <llvm/ADT/SmallString.h>
#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <unordered_map>

#include "base/make_error.h"
#include "codegen/link/target_machine.h"

namespace rigjit {
namespace {

// Line n + 1 of the file is instruction n.
void add_places(llvm::Module& module, const IrListing& ir) {
  llvm::DIBuilder builder(module);
  module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  llvm::DIFile* file = builder.createFile("ir", "");
  builder.createCompileUnit(llvm::dwarf::DW_LANG_C99, file, "rigjit", /*isOptimized=*/false, "", 0,
                            "", llvm::DICompileUnit::DebugDirectivesOnly);
  auto* type = builder.createSubroutineType(builder.getOrCreateTypeArray({}));
  for (const llvm::Function* function : ir.functions) {
    module.getFunction(function->getName())
        ->setSubprogram(builder.createFunction(file, function->getName(), "", file, 1, type, 1,
                                               llvm::DINode::FlagZero,
                                               llvm::DISubprogram::SPFlagDefinition));
  }
  builder.finalize();
  uint32_t line = 0;
  for (const llvm::Instruction* place : ir.instructions) {
    auto* instruction = const_cast<llvm::Instruction*>(place);
    instruction->setDebugLoc(llvm::DILocation::get(module.getContext(), ++line, 0,
                                                   instruction->getFunction()->getSubprogram()));
  }
}

Result<std::string> emitted(llvm::Module& module, const Target& target) {
  auto machine = make_target_machine(target);
  if (!machine) return std::move(machine).errors();
  (*machine)->Options.MCOptions.AsmVerbose = true;
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr,
                                      llvm::CodeGenFileType::AssemblyFile)) {
    return make_error("compile-failed", std::string("LLVM prints no assembly for ") + target.name);
  }
  passes.run(module);
  return std::string(text.str());
}

// What is there for places alone.
bool is_of_places(std::string_view line) {
  for (const char* begin : {"\t.cfi_", "\t.file\t1 ", ".Ltmp", ".Lfunc_begin", ".Lsec_end"}) {
    if (line.starts_with(begin)) return true;
  }
  return false;
}

class Lines {
 public:
  Lines(const NamedIr& named, const IrListing& ir, const Plan& plan, const SpecPlaces* source,
        const char* comment)
      : named_(named), ir_(ir), plan_(plan), source_(source), comment_(comment) {
    for (uint32_t i = 0; i < ir.instructions.size(); ++i) index_[ir.instructions[i]] = i;
    for (const llvm::Function* function : ir.functions)
      by_name_[function->getName().str()] = function;
  }

  // First the whole text, so that it is known which instructions have code of their own.
  std::vector<AssemblyLine> run(std::string_view text) {
    is_there_.resize(ir_.instructions.size(), false);
    for_each_line(text, [&](std::string_view line) {
      if (const auto place = place_of(line)) is_there_[*place] = true;
    });
    for_each_line(text, [&](std::string_view line) { add(line); });
    return std::move(lines_);
  }

 private:
  template <class F>
  static void for_each_line(std::string_view text, F f) {
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      f(text.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  // Of "\t.loc\t1 57 0 …" 56; of other lines nothing.
  [[nodiscard]] std::optional<uint32_t> place_of(std::string_view line) const {
    constexpr std::string_view kLoc = "\t.loc\t1 ";
    if (!line.starts_with(kLoc)) return {};
    line.remove_prefix(kLoc.size());
    uint32_t number = 0;
    std::from_chars(line.data(), line.data() + line.size(), number);
    if (number == 0 || number > ir_.instructions.size()) return {};
    return number - 1;
  }

  void add(std::string_view line) {
    if (line.starts_with("\t.loc\t")) {
      // A function's own line stands for its beginning.
      if (const auto place = place_of(line)) begin_instruction(*place);
      return;
    }
    if (is_of_places(line)) return;
    if (const llvm::Function* function = function_at(line)) begin_function(*function);
    const bool is_code = line.starts_with('\t') && !line.starts_with("\t.");
    if (!is_code && !line.starts_with(' ')) instruction_ = IrLine::kNone;
    lines_.push_back({std::string(line), is_code ? instruction_ : IrLine::kNone});
  }

  [[nodiscard]] const llvm::Function* function_at(std::string_view line) const {
    // "name:    # @name"; names with unusual characters are quoted.
    const size_t at = line.rfind(" @");
    if (line.empty() || line[0] == '\t' || at == std::string_view::npos ||
        line.find(':') == std::string_view::npos) {
      return nullptr;
    }
    const auto found = by_name_.find(std::string(line.substr(at + 2)));
    return found == by_name_.end() ? nullptr : found->second;
  }

  void begin_function(const llvm::Function& function) {
    instruction_ = IrLine::kNone;
    for (const std::string& line :
         origin_lines(controllers_of(function, *named_.notes, plan_), plan_, source_)) {
      comment(line, IrLine::kNone);
    }
  }

  void begin_instruction(uint32_t place) {
    if (place == instruction_) return;
    instruction_ = place;
    const llvm::Instruction& instruction = *ir_.instructions[place];
    add_comments(instruction);
    if (!instruction.getType()->isVoidTy()) {
      comment("%" + instruction.getName().str(), place);
    }
  }

  // Those of what it is computed from as well, where that has no code of its own: constants that
  // are operands of instructions.
  void add_comments(const llvm::Instruction& instruction) {
    const uint32_t index = index_.at(&instruction);
    for (const llvm::Value* operand : instruction.operands()) {
      const auto* used = llvm::dyn_cast<llvm::Instruction>(operand);
      if (used != nullptr && !is_there_[index_.at(used)]) {
        is_there_[index_.at(used)] = true;
        add_comments(*used);
      }
    }
    const std::string& text = named_.notes->comment_of(&instruction);
    if (!text.empty()) comment(text, index);
  }

  void comment(const std::string& text, uint32_t instruction) {
    lines_.push_back({std::string("\t") + comment_ + " " + text, instruction});
  }

  const NamedIr& named_;
  const IrListing& ir_;
  const Plan& plan_;
  const SpecPlaces* source_;
  const char* comment_;
  std::unordered_map<const llvm::Instruction*, uint32_t> index_;
  std::unordered_map<std::string, const llvm::Function*> by_name_;
  std::vector<bool> is_there_;  // one an instruction: has code, or was commented on
  std::vector<AssemblyLine> lines_;
  uint32_t instruction_ = IrLine::kNone;
};

}  // namespace

Result<std::vector<AssemblyLine>> assembly_listing(NamedIr& named, const IrListing& ir,
                                                   const Plan& plan, const SpecPlaces* source,
                                                   const Target& target) {
  add_places(*named.ir.module, ir);
  const Result<std::string> text = emitted(*named.ir.module, target);
  if (!text) return text.errors();
  const char* comment = target.id == TargetId::kAArch64 ? "//" : "#";
  return Lines(named, ir, plan, source, comment).run(*text);
}

}  // namespace rigjit
