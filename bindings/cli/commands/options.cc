#include "commands/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <sstream>
#include <string>
#include <utility>

#include "commands/add_commands.h"
#include "commands/words.h"
#include "rigjit/about.h"

namespace rigjit::cli {
namespace {

std::string chosen(const CLI::App& app) {
  std::string name;
  for (const CLI::App* command = &app; !command->get_subcommands().empty();) {
    command = command->get_subcommands().front();
    name += (name.empty() ? "" : " ") + command->get_name();
  }
  return name;
}

// What is wrong with the first words, if they are no command; CLI11 does not say which there are.
// `before`: what has been read of the command.
std::string command_problem(const CLI::App& app, int argc, const char* const* argv,
                            const std::string& before = {}) {
  const std::string word = argc > 1 ? argv[1] : "";
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == word) {
      return command_problem(*command, argc - 1, argv + 1, before + word + " ");
    }
    names.push_back(command->get_name());
  }
  const bool takes_none = names.empty() || (word.empty() && !before.empty());
  if (takes_none || word.starts_with('-')) return {};
  const std::string all = joined(names, ", ");
  return (word.empty() ? "a command is needed: " + all
                       : "there is no command '" + before + word + "', only " + all +
                             did_you_mean(word, names)) +
         "\nRun with --help for more information.";
}

// What the command that was chosen, or the program, takes: "--output", "-o".
std::vector<std::string> option_names(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  std::vector<std::string> names;
  for (const CLI::Option* option : command->get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// For an option that there is not; CLI11 names it alone. The values behind it do not matter.
std::string option_problem(const CLI::App& app, int argc, const char* const* argv) {
  const std::vector<std::string> names = option_names(app);
  for (int i = 1; i < argc; ++i) {
    const std::string word(argv[i], std::strcspn(argv[i], "="));
    if (word == "--") break;
    if (!word.starts_with("--") || std::ranges::count(names, word) != 0) continue;
    const std::string suggestion = did_you_mean(word, names);
    if (suggestion.empty()) continue;
    return "there is no option '" + word + "'" + suggestion +
           "\nRun with --help for more information.";
  }
  return {};
}

}  // namespace

Parsed parse_options(int argc, const char* const* argv, Options& options) {
  CLI::App app("Compiles a character rig's spec to machine code and converts vectors with it.",
               "rigjit");
  app.set_version_flag("--version", "rigjit " + about().version);
  app.require_subcommand(1);
  add_commands(app, options);
  app.footer(
      "Exit codes: 0 fine, 1 a mistake in the input or a failure, 2 wrong usage; of diff: 0 equal, "
      "1 different, 2 trouble.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (std::string problem = command_problem(app, argc, argv); !problem.empty()) {
      return {{}, std::move(problem), kUsage};
    }
    // Before what CLI11 says, which may be that something else is missing.
    if (error.get_exit_code() != 0) {
      if (std::string problem = option_problem(app, argc, argv); !problem.empty()) {
        return {{}, std::move(problem), kUsage};
      }
    }
    std::ostringstream text;
    const bool asked = app.exit(error, text, text) == 0;  // help or version
    return {{}, text.str(), asked ? kFine : kUsage};
  }
  return {chosen(app), {}, kFine};
}

}  // namespace rigjit::cli
