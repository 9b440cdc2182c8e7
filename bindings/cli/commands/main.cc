// The command line `rigjit`.
#include <csignal>
#include <exception>
#include <string>

#include "commands/commands.h"
#include "io/output.h"
#include "io/standard_streams.h"

namespace rigjit::cli {
namespace {

int dispatch(const std::string& command, const Options& options) {
  if (command == "check") return check(options.check);
  if (command == "convert") return convert(options.convert);
  if (command == "plan") return show_plan(options.show);
  if (command == "ir") return show_ir(options.show);
  if (command == "asm") return show_assembly(options.show);
  if (command == "resolve") return resolve(options.resolve);
  if (command == "diff") return diff(options.diff);
  if (command == "schema") return show_schema();
  if (command == "compile") return compile(options.compile);
  if (command == "explain") return explain_rig(options.explain);
  if (command == "cache" || command == "cache ls") return cache_ls(options.cache);
  if (command == "cache dir") return cache_dir(options.cache);
  if (command == "cache verify") return cache_verify(options.cache);
  if (command == "cache clear") return cache_clear(options.cache);
  if (command == "cache prune") return cache_prune(options.cache);
  if (command == "cache why") return cache_why(options.cache);
#ifdef RIGJIT_COLLISION
  if (command == "penetrations") return penetrations(options.penetrations);
#endif
  if (command == "dataset" || command == "fit" || command == "play" || command == "serve" ||
      command == "stamp" || command == "stats") {
    std::string package = "rigjit";
    if (command == "serve") package = "'rigjit[serve]'";
    if (command == "dataset" || command == "fit" || command == "stats") {
      package = "'rigjit[dataset]'";
    }
    complain("rigjit " + command + " comes with the Python package: pip install " + package);
    return kUsage;
  }
  return info(options.info);
}

int run(int argc, const char* const* argv) {
  Options options;
  const Parsed parsed = parse_options(argc, argv, options);
  if (!parsed.command.empty()) {
    return dispatch(parsed.command, options);
  }
  if (parsed.exit_code == kFine) {
    return print(parsed.text);
  }
  complain(parsed.text);
  return parsed.exit_code;
}

}  // namespace
}  // namespace rigjit::cli

int main(int argc, char** argv) {
  using namespace rigjit::cli;  // NOLINT(google-build-using-namespace)
  if (!open_standard_streams()) return kMistake;
  // A reader that has seen enough ends the program quietly; Python's console script ignores it.
  std::signal(SIGPIPE, SIG_DFL);
  // A file that grows beyond the process's limit is an error of its write, not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {  // memory, above all
    complain("rigjit: " + std::string(error.what()));
    return kMistake;
  }
}
