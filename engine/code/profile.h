// Names for perf: which rig and program the code at an address is.
#pragma once

#include <string_view>

#include "code/loaded_code.h"
#include "code/program.h"

namespace rigjit {

// Tells perf of code that was just loaded, compiled or cached, as "rigjit:RIG:PROGRAM", if
// $RIGJIT_PERF is "1": in a jitdump (jitdump.h) below $JITDUMPDIR, else $HOME. The simpler
// /tmp/perf-PID.map would not do: perf looks there for anonymous memory only, and cached code is a
// mapped file. Each process has a dump of its own, a forked child from the first code that it
// loads. A failure is logged, and the dump then given up for this process. Thread-safety: any
// thread, any time; holds no lock, so that a fork is harmless.
void announce_code(const LoadedCode& code, std::string_view rig_name, Program program);

}  // namespace rigjit
