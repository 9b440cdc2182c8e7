// One page that explains a rig: the spec, its inputs, IR, assembly and message side by side.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/part_profile.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"

namespace rigjit {

struct ExplainOptions {
  // count * vec_size() floats, C order: frames that a reader may choose. Null: none.
  const float* vectors = nullptr;
  std::size_t count = 0;
  // What profile() measured, as a chart. Null: none.
  const CallProfile* profile = nullptr;
};

// HTML, one file that needs no other and no network. Values and bytes are computed in the page, by
// an evaluator that agrees with the kernel to the last bit; names are escaped, whatever they hold.
// Errors: those of Rig::plan(). Thread-safe.
[[nodiscard]] RIGJIT_EXPORT Result<std::string> explain(const Rig& rig,
                                                        const ExplainOptions& options = {});

}  // namespace rigjit
