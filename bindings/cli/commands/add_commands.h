// What each command takes.
#pragma once

#include <CLI/CLI.hpp>

#include "commands/options.h"

namespace rigjit::cli {

// Every command, with what it takes; `options` is filled when the app parses, and must live so
// long.
void add_commands(CLI::App& app, Options& options);

}  // namespace rigjit::cli
