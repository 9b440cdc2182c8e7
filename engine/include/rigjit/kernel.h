// A rig's compiled function alone, for loops in which nanoseconds count.
#pragma once

#include <cstdint>

namespace rigjit {

// Converts a vector (or, on the way back, values) without the checks of Rig's methods and without
// naming what is wrong. A copy is one pointer; it is valid as long as a handle of its rig is, in
// any thread at any time.
class Kernel {
 public:
  // Whether the pose is good. If not, what was written is unspecified, and the method of Rig says
  // what is wrong with the same vector. vec and out as for that method, and aligned as their types;
  // they must not overlap.
  [[nodiscard]] bool operator()(const float* vec, void* out) const noexcept {
    return function_(vec, static_cast<uint8_t*>(out)) == 0;
  }

 private:
  friend class Rig;
  using Function = uint32_t (*)(const float*, uint8_t*) noexcept;

  explicit Kernel(Function function) noexcept : function_(function) {}

  Function function_;
};

}  // namespace rigjit
