// compile --emit: files for programs that link a rig's code.
#include "rigjit/emit.h"

#include <filesystem>
#include <map>
#include <system_error>

#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"
#include "rigjit/load.h"

namespace rigjit::cli {
namespace {

Status write_file(const std::string& path, const std::string& bytes) {
  Result<Output> output = Output::open(path);
  if (!output) return output.errors();
  if (Status written = output->write(bytes.data(), bytes.size()); !written) return written;
  return output->finish();
}

class Emission {
 public:
  explicit Emission(const CompileOptions& options) : options_(options) {}

  int run() {
    if (options_.directory.empty()) return usage("--emit needs -o DIR, the directory to write to");
    if (options_.targets.size() > 1) return usage("--emit makes files for one --target at a time");
    if (!options_.prefix.empty() && options_.specs.size() > 1) {
      return usage("--prefix names the code of one spec; without it each has its rig's name");
    }
    std::error_code error;
    std::filesystem::create_directories(options_.directory, error);
    if (error) {
      complain("cannot make the directory '" + options_.directory + "': " + error.message());
      return kMistake;
    }
    int exit_code = kFine;
    for (const std::string& spec : options_.specs) exit_code = std::max(exit_code, emit_one(spec));
    return exit_code;
  }

 private:
  static int usage(const char* text) {
    complain(text);
    return kUsage;
  }

  int emit_one(const std::string& spec) {
    LoadOptions load;
    load.cache_dir = options_.cache_dir;
    load.name_space = options_.name_space;
    const Result<Rig> rig =
        with_spec(spec, [&](const SpecSource& source) { return rigjit::load(source, load); });
    if (!rig) return complain(rig.errors());
    std::vector<EmitKind> kinds;
    for (const std::string& name : options_.emit) kinds.push_back(*find_emit_kind(name));
    EmitOptions emission;
    if (!options_.targets.empty()) emission.target = options_.targets.front();
    emission.prefix = options_.prefix;
    emission.programs = programs_of(options_.programs);
    const Result<std::vector<EmittedFile>> files = emit(*rig, kinds, emission);
    if (!files) return complain(files.errors());
    for (const EmittedFile& file : *files) {
      const auto [first, is_new] = spec_of_.emplace(file.name, spec);
      if (!is_new && first->second != spec) {
        complain(spec + ": its " + file.name + " would replace that of " + first->second +
                 "; give one of them another --prefix");
        return kMistake;
      }
      const std::string path = options_.directory + "/" + file.name;
      if (const Status written = write_file(path, file.bytes); !written) {
        return complain(written.errors());
      }
      if (const int printed = print(path + "\n"); printed != kFine) return printed;
    }
    return kFine;
  }

  const CompileOptions& options_;
  std::map<std::string, std::string> spec_of_;  // by the name of a file
};

}  // namespace

int emit_files(const CompileOptions& options) { return Emission(options).run(); }

}  // namespace rigjit::cli
