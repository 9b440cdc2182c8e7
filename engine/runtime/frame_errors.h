// Naming what is wrong with the vectors that a kernel refused.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "rigjit/error.h"
#include "runtime/rig_core.h"

namespace rigjit {

// Every transformation for which `vec` gives no usable value; "degenerate" if none can be named.
// `frame`: its index in a batch, which message and path then name ("vecs[3][14]").
[[nodiscard]] Errors explain(const RigCore& core, std::span<const float> vec,
                             std::optional<std::size_t> frame = std::nullopt);

}  // namespace rigjit
