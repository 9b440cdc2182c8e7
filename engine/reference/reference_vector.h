// The slow way from values back to a vector, in double precision: the oracle of the tests, and the
// one that names the culprit when a kernel refuses values. It shares no formula with the kernel.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace rigjit {

// One element of the vector each, unrounded, of values that diagnose_values() finds nothing wrong
// with. Affine: (value - center) / scale, whatever the limits; of a bool input_of_bool. An enum
// encoded one_hot: 1 for its name and 0 for the others. Angles, of any number of turns: sine and
// cosine. Rotations: two columns (or rows) of the matrix, of unit length. Constants are ignored.
[[nodiscard]] std::vector<double> evaluate_vector(const Plan& plan, std::span<const float> values);

// Every channel whose value gives no element of a vector, in the order of the channels: code
// "not-finite", "overflow" (the element would be too large for a float32), "zero-quaternion", and
// those of whole_fault. Each message names controller and attribute; path is "values[i]", or what
// `path_of` makes of i. Empty when the values are fine.
[[nodiscard]] Errors diagnose_values(const Plan& plan, std::span<const float> values,
                                     const std::function<std::string(uint32_t)>& path_of = {});

// What is wrong with the value of a bool, int or enum, for people.
struct WholeFault {
  const char* code;  // "not-finite", "not-whole", "out-of-limits"
  std::string what;  // "the value 2.5 is no whole number"
};
// limits: whole_limits of the operation. Nothing if the value is fine.
[[nodiscard]] std::optional<WholeFault> whole_fault(ChannelType type, const Limits& limits,
                                                    double value);

// The input nearest to (value - center) / scale that gives the bool; NaN if no float32 does.
[[nodiscard]] float input_of_bool(const Affine& op, bool value);

}  // namespace rigjit
