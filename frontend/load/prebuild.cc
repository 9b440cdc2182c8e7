#include "rigjit/prebuild.h"

#include "base/make_error.h"
#include "code/program_names.h"
#include "load/load_targets.h"
#include "load/loading.h"
#include "rig/rig_core.h"

namespace rigjit {
namespace {

Error not_kept(const Rig& rig, Program program, const Reason& why) {
  // Of code that was found it tells something else.
  const std::string note = rig.origin() == Origin::kCached ? std::string() : rig.cache_note();
  return make_error("not-kept", std::string("the ") + to_string(program) + " program for " +
                                    rig.target() +
                                    " is compiled, but not kept: " + (note.empty() ? why : note));
}

// Finds or compiles one program, and looks whether the next process will find it.
Status keep(const Rig& rig, Program program, Origin& origin) {
  const RigCore& core = RigAccess::core_of(rig);
  if (!core.why_not_cached(program).empty()) origin = Origin::kCompiled;
  if (const Result<const LoadedCode*> code = core.code(program); !code) return code.errors();
  if (const Reason why = core.why_not_cached(program); !why.empty()) {
    return not_kept(rig, program, why);
  }
  return Done{};
}

}  // namespace

Result<Prebuilt> prebuild(const SpecSource& spec, const LoadOptions& options,
                          const std::vector<std::string>& names) {
  Result<SpecTexts> texts = read_source(spec);
  if (!texts) return std::move(texts).errors();
  std::vector<Program> programs{Program::kMessage};
  for (const std::string& name : names) {
    const Result<Program> program = find_program(name);
    if (!program) return program.errors();
    programs.push_back(*program);
  }
  const Result<const Target*> target = prebuild_target(options.target);
  if (!target) return target.errors();
  const Result<Rig> rig = load_for(std::move(texts).value(), options, {*target}, Sharing::kAlone);
  if (!rig) return rig.errors();
  Prebuilt result{rig->name(), rig->hash(), rig->target(), rig->origin()};
  for (const Program program : programs) {
    const Status kept = keep(*rig, program, result.origin);
    if (kept) continue;
    Errors errors = kept.errors();
    errors.front().file = spec.name();
    return errors;
  }
  return result;
}

}  // namespace rigjit
