// Many frames in one call, over one or several threads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "code/loaded_code.h"

namespace rigjit {

struct Batch {
  const LoadedCode& code;
  const float* vecs;  // count * vec_size, C order
  std::size_t vec_size;
  std::size_t count;
  uint8_t* out;  // count * out_size bytes
  std::size_t out_size;
  uint8_t* valid;  // null, or count bytes: 1, or 0 for a bad frame, whose bytes become zero
};

// Threads that convert() uses for `wanted` (0: every core that this thread may run on): never more
// than there are cores, nor than are worth starting for so many bytes.
[[nodiscard]] std::size_t useful_threads(const Batch& batch, std::size_t wanted) noexcept;

// Converts frames until the first bad one in the order of frames and returns its index; `count` if
// there is none, or if `valid` is given. Frames behind a bad one may have been converted.
// The caller is one of the threads, and does the work of those that cannot start; all have ended
// when it returns.
[[nodiscard]] std::size_t convert(const Batch& batch, std::size_t threads) noexcept;

}  // namespace rigjit
