#include "options.h"

#include <CLI/CLI.hpp>
#include <map>
#include <sstream>

#include "rigjit/about.h"

namespace rigjit::cli {
namespace {

constexpr const char* kSpecHelp = "The rig's YAML spec; - reads standard input";

void add_cache_dir(CLI::App& command, std::optional<std::string>& cache_dir) {
  command.add_option("--cache-dir", cache_dir, "Directory of cached machine code");
}

void add_name_space(CLI::App& command, std::string& name_space) {
  command.add_option("--namespace", name_space,
                     "Put before every controller's name with a colon: hero, or shot:hero");
}

void add_load_options(CLI::App& command, LoadOptions& load) {
  add_cache_dir(command, load.cache_dir);
  command.add_flag("!--no-cache", load.cache, "Neither read nor write cached machine code");
  command.add_option("--target", load.target,
                     "Machine to make code for, as listed by 'rigjit info'");
  add_name_space(command, load.name_space);
}

void add_check(CLI::App& app, CheckOptions& options) {
  CLI::App* command = app.add_subcommand("check", "Report every mistake in specs");
  command->add_option("SPEC", options.specs, kSpecHelp)->required();
  command->add_flag("--json", options.json, "Print a JSON array of mistakes");
}

void add_convert(CLI::App& app, ConvertOptions& options) {
  CLI::App* command = app.add_subcommand("convert", "Convert vectors to MessagePack messages");
  command->add_option("SPEC", options.spec, kSpecHelp)->required();
  command
      ->add_option("VECTORS", options.vectors,
                   "A .npy file of float16, float32 or float64, (n,) or (frames, n); - reads "
                   "standard input")
      ->required();
  command->add_option("-o,--output", options.out,
                      "File for the messages, one after the other; - (the default) is standard "
                      "output");
  command->add_flag("--raw", options.raw, "VECTORS is bare little-endian float32");
  const std::map<std::string, bool> choices{{"stop", false}, {"skip", true}};
  command
      ->add_option("--on-error", options.skip_bad,
                   "At a bad frame: stop (the default), or skip it and say so")
      ->transform(CLI::Transformer(choices, CLI::ignore_case))
      ->type_name("stop|skip");
  add_load_options(*command, options.load);
}

void add_show(CLI::App& app, ShowOptions& options) {
  CLI::App* plan = app.add_subcommand("plan", "Print what a rig means");
  CLI::App* ir = app.add_subcommand("ir", "Print the LLVM IR of a rig");
  CLI::App* assembly = app.add_subcommand("asm", "Print the machine code of a rig as assembly");
  for (CLI::App* command : {plan, ir, assembly}) {
    command->add_option("SPEC", options.spec, kSpecHelp)->required();
    add_load_options(*command, options.load);
  }
  for (CLI::App* command : {ir, assembly}) {
    command->add_option("--program", options.program, "What to show of what the rig is compiled to")
        ->check(CLI::IsMember(program_names()))
        ->capture_default_str();
  }
  ir->add_option("--controller", options.controller, "Only the parts of this controller");
  app.add_subcommand("schema", "Print the JSON Schema of specs, for editors");
}

void add_resolve(CLI::App& app, ResolveOptions& options) {
  CLI::App* command =
      app.add_subcommand("resolve", "Print a spec with its bases merged in, as one flat spec");
  command->add_option("SPEC", options.spec, kSpecHelp)->required();
}

void add_diff(CLI::App& app, DiffOptions& options) {
  CLI::App* command =
      app.add_subcommand("diff", "List inputs, channels and coefficients that two specs differ in");
  command->add_option("OLD", options.old_spec, kSpecHelp)->required();
  command->add_option("NEW", options.new_spec, kSpecHelp)->required();
  command->add_flag("--json", options.json, "Print a JSON object");
  command->footer("Exit codes: 0 the rigs mean the same, 1 they differ, 2 trouble.");
}

void add_compile(CLI::App& app, CompileOptions& options) {
  CLI::App* command = app.add_subcommand("compile", "Fill the cache with the code of specs");
  command->add_option("SPEC", options.specs, kSpecHelp)->required();
  command->add_option("--target", options.targets, "Machine to make code for; may be repeated")
      ->expected(1)
      ->take_all();
  add_name_space(*command, options.name_space);
  add_cache_dir(*command, options.cache_dir);
}

void add_cache(CLI::App& app, CacheOptions& options) {
  CLI::App* command = app.add_subcommand("cache", "Look at (ls, the default) or tidy the cache");
  command->require_subcommand(0, 1);
  add_cache_dir(*command, options.cache_dir);
  const std::pair<const char*, const char*> actions[] = {
      {"ls", "List what is in it"},
      {"dir", "Print where it is"},
      {"verify", "Check every byte; exit 1 if something is damaged"},
      {"clear", "Remove everything that rigjit put there"}};
  for (const auto& [name, help] : actions) {
    add_cache_dir(*command->add_subcommand(name, help), options.cache_dir);
  }
}

void add_info(CLI::App& app, InfoOptions& options) {
  CLI::App* command = app.add_subcommand("info", "Print versions, targets and the cache's state");
  command->add_flag("--json", options.json, "As a JSON object");
  add_cache_dir(*command, options.cache_dir);
}

std::string chosen(const CLI::App& app) {
  std::string name;
  for (const CLI::App* command = &app; !command->get_subcommands().empty();) {
    command = command->get_subcommands().front();
    name += (name.empty() ? "" : " ") + command->get_name();
  }
  return name;
}

}  // namespace

Parsed parse_options(int argc, const char* const* argv, Options& options) {
  CLI::App app("Compiles a character rig's spec to machine code and converts vectors with it.",
               "rigjit");
  app.set_version_flag("--version", "rigjit " + about().version);
  app.require_subcommand(1);
  add_check(app, options.check);
  add_convert(app, options.convert);
  add_show(app, options.show);
  add_resolve(app, options.resolve);
  add_diff(app, options.diff);
  add_compile(app, options.compile);
  add_cache(app, options.cache);
  add_info(app, options.info);
  app.footer(
      "Exit codes: 0 fine, 1 a mistake in the input or a failure, 2 wrong usage; of diff: 0 equal, "
      "1 different, 2 trouble.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream text;
    const bool asked = app.exit(error, text, text) == 0;  // help or version
    return {{}, text.str(), asked ? kFine : kUsage};
  }
  return {chosen(app), {}, kFine};
}

}  // namespace rigjit::cli
