// The worst frames as text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "penetrations/penetration_runs.h"
#include "rigjit/frame_rate.h"

namespace rigjit::cli {

// What frames and pairs are called.
struct Names {
  const std::vector<std::string>& hulls;
  const std::vector<collision::Pair>& pairs;
  FrameRate fps;

  [[nodiscard]] const std::string& hull_a(const PenetrationRun& run) const;
  [[nodiscard]] const std::string& hull_b(const PenetrationRun& run) const;
};

// "00:01:07:12": hours, minutes, seconds, frames; without drop frames.
[[nodiscard]] std::string timecode(int32_t frame, const FrameRate& fps);

// In up to four digits: "3.217", "0.0042".
[[nodiscard]] std::string depth_text(double depth);

// The first `rows` of them, a line each, with a head and what is left out. Empty without runs.
[[nodiscard]] std::string worst_table(const std::vector<PenetrationRun>& runs, const Names& names,
                                      std::size_t rows);

// One JSON object.
[[nodiscard]] std::string worst_json(const PenetrationRun& run, const Names& names);

}  // namespace rigjit::cli
