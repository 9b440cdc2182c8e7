// The list of controllers, and what must hold across them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "spec/defaults.h"
#include "spec/report.h"
#include "spec/rig_spec.h"
#include "spec/value.h"

namespace rigjit {

// Bounds on what a spec may stand for; aliases reach them within a few lines.
inline constexpr uint64_t kMaxChannels = 4'000'000;
inline constexpr uint64_t kMaxMessageBytes = 256 * 1024 * 1024;

// What has been read so far of all files that a rig is made of: upper bounds of its size.
struct SizeSoFar {
  uint64_t channels = 0;
  uint64_t message_bytes = 0;
};

// The value of the key `controllers`. Mistakes are reported; what has none is returned, and the
// name of whatever has one. Adds to `size`.
[[nodiscard]] std::vector<ControllerSpec> read_controllers(Report& report, const Value& value,
                                                           const RotationOptions& defaults,
                                                           SizeSoFar& size);

// Reports and returns false unless it is a list with items. `what`: "controllers".
[[nodiscard]] bool check_list(Report& report, const Value& value, const std::string& what);

}  // namespace rigjit
