// Programs that a Plan is compiled to.
#pragma once

#include <cstdint>

namespace rigjit {

// Values are part of cache keys: never renumber.
enum class Program : uint8_t {
  kMessage = 0,  // vector -> MessagePack bytes
  kValues = 1,   // vector -> float32, one a channel
  kVector = 2,   // values, one a channel -> vector; constants are not looked at
  // The same with angles and signs chosen nearest to the frame before.
  kMessageContinuous = 3,
  kValuesContinuous = 4,
};
inline constexpr Program kPrograms[] = {Program::kMessage, Program::kValues, Program::kVector,
                                        Program::kMessageContinuous, Program::kValuesContinuous};

[[nodiscard]] constexpr bool is_continuous(Program program) {
  return program == Program::kMessageContinuous || program == Program::kValuesContinuous;
}
[[nodiscard]] constexpr bool writes_message(Program program) {
  return program == Program::kMessage || program == Program::kMessageContinuous;
}

// The name that users give it: "message", "values-continuous".
[[nodiscard]] const char* to_string(Program program) noexcept;

// Raised whenever the kernel's signature or contract changes; part of cache keys.
inline constexpr uint32_t kKernelAbi = 2;

// Reads exactly the vector (or values) and writes exactly the message (or values, or vector):
// nothing before or behind. `in` needs an alignment of 4, `out` of 1 (message) or 4; they must not
// overlap. Its constants are its module's own. Returns 0, or nonzero if any result is not finite or
// degenerate; what was written is unspecified then. Depends on no MXCSR (FPCR) setting and restores
// the caller's. Reentrant: no state but the stack.
using KernelFunction = uint32_t (*)(const float* in, uint8_t* out) noexcept;

// A continuous program's: the same, and what it remembers of the frame before and leaves for the
// next: two blocks of as many floats as its state map says, aligned to kStateAlignment bytes. What
// `next` holds is unspecified if the result is nonzero.
using ContinuousKernelFunction = uint32_t (*)(const float* in, uint8_t* out, const float* previous,
                                              float* next) noexcept;

// The state map of a continuous program, which its module holds as a constant, as uint32: the
// number of floats of the state, then for each channel the float that its value is remembered in,
// or kNotRemembered. A float that is NaN remembers nothing: the value comes out as without
// continuity.
inline constexpr uint32_t kNotRemembered = UINT32_MAX;
inline constexpr uint32_t kStateAlignment = 64;

}  // namespace rigjit
