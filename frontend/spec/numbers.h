// Numbers of a spec: float32, written in decimal.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "spec/report.h"
#include "spec/value.h"

namespace rigjit {

// A finite number after one rounding to float32; reports "not-a-number", "not-finite",
// "wrong-type".
[[nodiscard]] std::optional<float> read_number(Report& report, const Value& value);

// The same, and not zero either: "zero-scale".
[[nodiscard]] std::optional<float> read_scale(Report& report, const Value& value);

using NumberReader = std::optional<float> (*)(Report&, const Value&);

// One number for all of several, or a list that follows them: "length-mismatch". `count`: of what
// it follows, 0 if a mistake keeps it unknown. Whether there is no mistake.
bool read_numbers(Report& report, const Value& value, NumberReader read, std::size_t count,
                  std::vector<float>& out);

}  // namespace rigjit
