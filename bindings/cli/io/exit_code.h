// What the program ends with.
#pragma once

namespace rigjit::cli {

// Exit codes of every command but diff.
enum ExitCode : int { kFine = 0, kMistake = 1, kUsage = 2 };
// Those of diff, as diff(1) has them.
enum DiffExitCode : int { kEqual = 0, kDifferent = 1, kTrouble = 2 };

}  // namespace rigjit::cli
