// Naming what is wrong with the vectors that a kernel refused.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rig/rig_core.h"
#include "rigjit/error.h"

namespace rigjit {

// Every transformation for which `vec` gives no usable value; "degenerate" if none can be named.
// `frame`: its index in a batch, which message and path then name ("vecs[3][14]"). `values_of`: see
// diagnose_refused().
[[nodiscard]] Errors explain(const RigCore& core, std::span<const float> vec,
                             std::optional<std::size_t> frame = std::nullopt,
                             const std::function<std::vector<float>()>& values_of = {});

// Puts the frame before an error's message, and in its path: "vec[14]" of the batch "vecs" becomes
// "vecs[3][14]".
void name_frame(Error& error, std::size_t frame, const std::string& batch);

}  // namespace rigjit
