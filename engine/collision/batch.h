// Pairs over frames, on one or several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collision/error_text.h"
#include "collision/hull_data.h"
#include "collision/kernel/kernel.h"

namespace rigjit::collision {

struct Batch {
  const HullsData& hulls;
  const Kernel& kernel;
  Transforms transforms;  // checked
  const Pair* pairs;      // checked
  std::size_t pair_count;
  float max_distance;
  unsigned threads;
  uint8_t*
      valid;  // null, or a byte a frame: frames with 0 are left out, those without an answer get it
  const float* depths;  // of contacts: null, or one a pair
};

// frames * pair_count floats. Adds "no-answer" where `valid` is null.
void solve_distances(const Batch& batch, float* out, ErrorList& errors);

// The same errors.
[[nodiscard]] ContactList find_contacts(const Batch& batch, ErrorList& errors);

}  // namespace rigjit::collision
