// Numbers of a spec: float32, written in decimal.
#pragma once

#include <optional>
#include <string_view>

#include "report.h"
#include "value.h"

namespace rigjit {

// A finite number after one rounding to float32; reports "not-a-number", "not-finite",
// "wrong-type".
[[nodiscard]] std::optional<float> read_number(Report& report, const Value& value);

// The same, and not zero either: "zero-scale".
[[nodiscard]] std::optional<float> read_scale(Report& report, const Value& value);

}  // namespace rigjit
