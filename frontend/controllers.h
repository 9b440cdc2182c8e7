// The list of controllers, and what must hold across them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "defaults.h"
#include "report.h"
#include "rigjit/rig_spec.h"
#include "value.h"

namespace rigjit {

// Bounds on what a spec may stand for; aliases reach them within a few lines.
inline constexpr uint64_t kMaxChannels = 4'000'000;
inline constexpr uint64_t kMaxMessageBytes = 256 * 1024 * 1024;

// The value of the key `controllers`. Mistakes are reported; what has none is returned.
[[nodiscard]] std::vector<ControllerSpec> read_controllers(Report& report, const Value& value,
                                                           const RotationOptions& defaults);

}  // namespace rigjit
