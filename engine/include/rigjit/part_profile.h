// What share of a call each part of a rig's code takes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"

namespace rigjit {

struct PartTime {
  // From the outside in: {"segment0", "lanes", "0"}.
  std::vector<std::string> path;
  // "rotation3d.degrees.zxy.columns: head_CTRL.rotateX..rotateZ", "message bytes 0..2047".
  std::string what;
  // Channels [first, last] that it works for, ascending.
  std::vector<std::pair<std::size_t, std::size_t>> channels;
  double ns = 0;     // a call of the part by itself, again and again
  double share = 0;  // of the sum of all parts
};

struct CallProfile {
  double call_ns = 0;  // the whole kernel
  std::vector<PartTime> parts;
};

// Measured here and now on the rig's own target: each part of the program is compiled as a function
// of its own and called many times with `vec`, after all those before it. A part by itself runs
// with its constants at hand and overlaps with nothing, so that the sum is not exactly a call.
// Takes about a tenth of a second and more for large rigs. program: "message" or "values".
//
// Errors: "unknown-program", "not-profiled" (another program), "target-not-runnable", those of
// Rig::plan(), "no-executable-memory". Thread-safe.
[[nodiscard]] RIGJIT_EXPORT Result<CallProfile> profile(const Rig& rig, const float* vec,
                                                        const std::string& program = "message");

}  // namespace rigjit
