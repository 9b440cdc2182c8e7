// Checks of the memory that callers lend.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/make_error.h"

namespace rigjit {

// Whether two blocks of memory share a byte.
[[nodiscard]] inline bool overlap(const void* a, std::size_t a_size, const void* b,
                                  std::size_t b_size) {
  const std::less<const void*> before;
  const auto* a_end = static_cast<const uint8_t*>(a) + a_size;
  const auto* b_end = static_cast<const uint8_t*>(b) + b_size;
  return before(a, b_end) && before(b, a_end);
}

[[nodiscard]] inline Error overlap_error() {
  return make_error("overlapping-buffers",
                    "input and output share memory; give the output a buffer of its own");
}

}  // namespace rigjit
