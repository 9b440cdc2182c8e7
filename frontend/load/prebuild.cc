#include "rigjit/prebuild.h"

#include "base/make_error.h"
#include "code/program_names.h"
#include "load/load_targets.h"
#include "load/loading.h"
#include "rig/rig_core.h"
#include "spec/read_file.h"

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

Result<Prebuilt> prebuild_files(std::vector<SpecFile> files, const LoadOptions& options,
                                const std::vector<std::string>& names) {
  std::vector<Program> programs{Program::kMessage};
  for (const std::string& name : names) {
    const Result<Program> program = find_program(name);
    if (!program) return program.errors();
    programs.push_back(*program);
  }
  const Result<const Target*> target = prebuild_target(options.target);
  if (!target) return target.errors();
  const std::string file = files.front().name;
  const Result<Rig> rig = load_for(std::move(files), options, {*target}, Sharing::kAlone);
  if (!rig) return rig.errors();
  Prebuilt result{rig->name(), rig->hash(), rig->target(), rig->origin()};
  for (const Program program : programs) {
    const Status kept = keep(*rig, program, result.origin);
    if (kept) continue;
    Errors errors = kept.errors();
    errors.front().file = file;
    return errors;
  }
  return result;
}

}  // namespace

Result<Prebuilt> prebuild(const std::string& path, const LoadOptions& options,
                          const std::vector<std::string>& programs) {
  Result<std::string> text = read_file(path);
  if (!text) return std::move(text).errors();
  LoadOptions of_file = options;
  of_file.base_dir = directory_of(path);
  return prebuild_files({{path, std::move(text).value()}}, of_file, programs);
}

Result<Prebuilt> prebuild_text(std::string_view text, const LoadOptions& options,
                               const std::string& file, const std::vector<std::string>& programs) {
  return prebuild_files({{file, std::string(text)}}, options, programs);
}

}  // namespace rigjit
