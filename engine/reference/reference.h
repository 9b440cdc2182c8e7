// The slow evaluator: a Plan interpreted in double precision. The oracle of the tests and the one
// that names the culprit when a kernel refuses a vector. It shares no formula with the kernel
// except the predicate of plan/degenerate.h.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "plan/plan.h"

namespace rigjit {

// One value a channel, unrounded except affine values, whose float32 the spec of Affine fixes.
// Values beyond limits whose rule is to fail stay as they are.
// Rotations: float64 Gram-Schmidt of the float32 inputs, then the rotate order's Euler angles (the
// middle angle in [-90, 90], the others in [-180, 180]; at lock the last applied axis is 0) or the
// quaternion.
[[nodiscard]] std::vector<double> evaluate(const Plan& plan, std::span<const float> vec);

// Every transformation that `vec` gives no usable value for, in the order of the vector: code
// "not-finite" (an input is NaN or Inf), "overflow" (the value is not finite), "zero-column",
// "parallel-columns", "zero-angle" (sine and cosine both 0), "out-of-limits". Each message names
// controller, attribute and the index of an input; path is "vec[i]". Empty when the vector is fine.
[[nodiscard]] Errors diagnose(const Plan& plan, std::span<const float> vec);

// The same for a vector that a kernel has refused. Without FMA a kernel rounds twice, so that it
// may refuse columns just above the bound on their sine, and angles of float32 lie beside those of
// double: the value nearest to its limits, or the most parallel columns, are named then.
// `values_of`: asked, if there is any, for what a continuous kernel compared with limits, one a
// channel; without an answer they are those of evaluate().
[[nodiscard]] Errors diagnose_refused(const Plan& plan, std::span<const float> vec,
                                      const std::function<std::vector<float>()>& values_of = {});

}  // namespace rigjit
