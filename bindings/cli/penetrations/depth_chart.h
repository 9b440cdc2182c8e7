// Depth over time of the worst pairs, as an SVG that reads in light and in dark.
#pragma once

#include <string>
#include <vector>

#include "penetrations/penetration_runs.h"
#include "penetrations/worst_text.h"

namespace rigjit::cli {

// runs: worst first. frames: of the whole motion. The same runs give the same text.
[[nodiscard]] std::string depth_chart(const std::vector<PenetrationRun>& runs, const Names& names,
                                      int32_t frames);

}  // namespace rigjit::cli
