// The slow way from values back to a vector, in double precision: the oracle of the tests, and the
// one that names the culprit when a kernel refuses values. It shares no formula with the kernel.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace rigjit {

// One element of the vector each, unrounded, of values that diagnose_values() finds nothing wrong
// with. Affine: (value - center) / scale, whatever the limits. Angles, of any number of turns: sine
// and cosine. Rotations: two columns (or rows) of the matrix, of unit length. Constants are
// ignored.
[[nodiscard]] std::vector<double> evaluate_inverse(const Plan& plan, std::span<const float> values);

// Every channel whose value gives no element of a vector, in the order of the channels: code
// "not-finite", "overflow" (the element would be too large for a float32) or "zero-quaternion".
// Each message names controller and attribute; path is "values[i]", or what `path_of` makes of i.
// Empty when the values are fine.
[[nodiscard]] Errors diagnose_values(const Plan& plan, std::span<const float> values,
                                     const std::function<std::string(uint32_t)>& path_of = {});

}  // namespace rigjit
