#include <algorithm>

#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"
#include "rigjit/prebuild.h"

namespace rigjit::cli {
namespace {

int compile_one(const std::string& spec, const LoadOptions& load,
                const std::vector<std::string>& programs) {
  const Result<Prebuilt> prebuilt =
      with_spec(spec, [&](const SpecSource& source) { return prebuild(source, load, programs); });
  if (!prebuilt) return complain(prebuilt.errors());
  return print_lines(spec + ": " + prebuilt->rig_hash + " for " + prebuilt->target + ", " +
                     to_string(prebuilt->origin) + "\n");
}

}  // namespace

std::vector<std::string> programs_of(const std::vector<std::string>& asked) {
  if (asked.empty()) return usual_program_names();
  return std::ranges::count(asked, kAllPrograms) != 0 ? program_names() : asked;
}

int compile(const CompileOptions& options) {
  if (!options.emit.empty()) return emit_files(options);
  std::vector<std::optional<std::string>> targets(options.targets.begin(), options.targets.end());
  if (targets.empty()) targets.emplace_back();
  const std::vector<std::string> programs = programs_of(options.programs);
  int exit_code = kFine;
  for (const std::string& spec : options.specs) {
    for (const std::optional<std::string>& target : targets) {
      LoadOptions load;
      load.cache_dir = options.cache_dir;
      load.target = target;
      load.name_space = options.name_space;
      exit_code = std::max(exit_code, compile_one(spec, load, programs));
    }
  }
  return exit_code;
}

}  // namespace rigjit::cli
