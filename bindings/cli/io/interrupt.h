// What the program leaves behind when it is interrupted.
#pragma once

#include <string>

namespace rigjit::cli {

// SIGINT, SIGTERM and SIGHUP, unless they are ignored, remove this file before they end the
// program. One file at a time; empty: none.
void remove_if_interrupted(const std::string& path);

}  // namespace rigjit::cli
