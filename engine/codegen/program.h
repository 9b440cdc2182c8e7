// Programs that a Plan is compiled to.
#pragma once

#include <cstdint>

namespace rigjit {

// Values are part of cache keys: never renumber.
enum class Program : uint8_t {
  kMessage = 0,  // vector -> MessagePack bytes
  kValues = 1,   // vector -> float32, one a channel
  kVector = 2,   // values, one a channel -> vector: the inverse; constants are not looked at
};

// Raised whenever the kernel's signature or contract changes; part of cache keys.
inline constexpr uint32_t kKernelAbi = 1;

// Reads exactly the vector (or values) and writes exactly the message (or values, or vector):
// nothing before or behind. `in` needs an alignment of 4, `out` of 1 (message) or 4; they must not
// overlap. `table` is the image's own. Returns 0, or nonzero if any result is not finite or
// degenerate; what was written is unspecified then. Depends on no MXCSR (FPCR) setting and restores
// the caller's. Reentrant: no state but the stack.
using KernelFunction = uint32_t (*)(const float* in, uint8_t* out, const uint8_t* table) noexcept;

}  // namespace rigjit
