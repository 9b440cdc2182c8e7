#include "rigjit/emit.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/make_error.h"
#include "code/program_names.h"
#include "code/target.h"
#include "codegen/link/compile.h"
#include "emit/c_header.h"
#include "emit/c_names.h"
#include "rig/rig_core.h"

namespace rigjit {
namespace {

const char* function_of(Program program) {
  switch (program) {
    case Program::kMessage:
      return "_vec_to_rig";
    case Program::kValues:
      return "_vec_to_values";
    case Program::kVector:
      return "_values_to_vec";
    case Program::kMessageContinuous:
      return "_vec_to_rig_continuous";
    case Program::kValuesContinuous:
      return "_vec_to_values_continuous";
  }
  return "";
}

class Emission {
 public:
  Emission(const Rig& rig, const EmitOptions& options)
      : rig_(rig), core_(RigAccess::core_of(rig)), options_(options) {}

  Result<std::vector<EmittedFile>> run(const std::vector<EmitKind>& kinds) {
    if (Errors errors = prepare(); !errors.empty()) return errors;
    const Result<std::shared_ptr<const Plan>> plan = core_.plan();
    if (!plan) return plan.errors();
    std::vector<EmittedFile> files;
    for (const EmitKind kind : kinds) {
      Result<std::string> bytes = bytes_of(kind, **plan);
      if (!bytes) return std::move(bytes).errors();
      files.push_back({prefix_ + extension_of(kind), std::move(bytes).value()});
    }
    return files;
  }

 private:
  static const char* extension_of(EmitKind kind) {
    constexpr const char* kExtensions[] = {".o", ".s", ".ll", ".h"};
    return kExtensions[std::to_underlying(kind)];
  }

  Errors prepare() {
    Errors errors;
    target_ = &core_.target();
    if (!options_.target.empty()) {
      const Result<const Target*> found = find_target(options_.target);
      if (found) target_ = *found;
      if (!found) errors.push_back(found.errors().front());
    }
    prefix_ = options_.prefix.empty() ? c_prefix(rig_.name()) : options_.prefix;
    if (!is_c_identifier(prefix_)) {
      errors.push_back(make_error("invalid-prefix",
                                  "'" + prefix_ +
                                      "' is no C identifier: ASCII letters, digits and _, not a "
                                      "digit first"));
    }
    for (const std::string& name :
         options_.programs.empty() ? usual_program_names() : options_.programs) {
      const Result<Program> program = find_program(name);
      if (!program) {
        errors.push_back(program.errors().front());
        continue;
      }
      const std::string function = prefix_ + function_of(*program);
      if (std::ranges::find(programs_, *program, &ProgramSymbols::program) == programs_.end()) {
        programs_.push_back({*program, function, function + "_state_map"});
      }
    }
    return errors;
  }

  Result<std::string> bytes_of(EmitKind kind, const Plan& plan) {
    switch (kind) {
      case EmitKind::kObject: {
        const Result<std::vector<uint8_t>> object = object_file(plan, programs_, *target_);
        if (!object) return object.errors();
        return std::string(object->begin(), object->end());
      }
      case EmitKind::kAssembly:
        return asm_text(plan, programs_, *target_, source());
      case EmitKind::kIr:
        return ir_text(plan, programs_, *target_, {}, source());
      case EmitKind::kHeader:
        break;
    }
    return c_header({rig_, prefix_, target_->name, programs_, state_floats(plan)});
  }

  [[nodiscard]] uint32_t state_floats(const Plan& plan) const {
    const bool any = std::ranges::any_of(
        programs_, [](const ProgramSymbols& symbols) { return is_continuous(symbols.program); });
    return any ? state_size(plan, *target_) : 0;
  }

  const SpecPlaces* source() {
    if (!source_) source_ = core_.source();
    return source_ ? &*source_ : nullptr;
  }

  const Rig& rig_;
  const RigCore& core_;
  const EmitOptions& options_;
  const Target* target_ = nullptr;
  std::string prefix_;
  std::vector<ProgramSymbols> programs_;
  std::optional<SpecPlaces> source_;
};

}  // namespace

const std::vector<std::string>& emit_kind_names() {
  static const auto* names = new std::vector<std::string>{"object", "assembly", "ir", "header"};
  return *names;
}

Result<EmitKind> find_emit_kind(const std::string& name) {
  const std::vector<std::string>& names = emit_kind_names();
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<EmitKind>(found - names.begin());
  return make_error("unknown-kind", "'" + name +
                                        "' is nothing that is emitted: object, assembly, ir or "
                                        "header");
}

Result<std::vector<EmittedFile>> emit(const Rig& rig, const std::vector<EmitKind>& kinds,
                                      const EmitOptions& options) {
  return Emission(rig, options).run(kinds);
}

}  // namespace rigjit
