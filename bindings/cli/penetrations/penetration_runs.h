// Contacts put together: how long each pair overlaps without a break, and where it is deepest.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "rigjit/collision.h"

namespace rigjit::cli {

// One pair that overlaps in all frames from `first` to `last`.
struct PenetrationRun {
  int32_t first = 0;
  int32_t last = 0;
  collision::Contact deepest{};
  std::vector<float> depths;  // a frame, from `first` on
};

class PenetrationRuns {
 public:
  // In the order of their frames; those of frames before have been added.
  void add(const collision::ContactList& contacts);

  // Deepest first; equally deep ones by frame and pair.
  [[nodiscard]] std::vector<PenetrationRun> worst_first() &&;

 private:
  std::vector<PenetrationRun> ended_;
  std::map<int32_t, PenetrationRun> running_;  // by pair
};

}  // namespace rigjit::cli
