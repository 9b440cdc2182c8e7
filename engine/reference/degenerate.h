// The predicate that kernel and reference share: when a rot6d gives no rotation.
#pragma once

namespace rigjit {

// True when either column is zero or not finite, or when the sine between them is below about 1e-6.
// Columns of any length from 1e-42 to 3e38. Bit for bit what the kernel computes on targets with
// FMA.
[[nodiscard]] bool rot6d_is_degenerate(const float a1[3], const float a2[3]);

}  // namespace rigjit
