// What two Plans have in common: channels of one name, and operations that read the same thing.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "plan/plan.h"

namespace rigjit {

inline constexpr uint32_t kNoMatch = std::numeric_limits<uint32_t>::max();

struct PlanMatch {
  // For each channel of the new plan the old one of the same controller and attribute.
  std::vector<uint32_t> old_channel;
  // For each operation of the new plan the old one of the same kind that writes a channel of the
  // same name, with the same names if both are enums (an int or a bool is the number of any); a
  // rotation3d is matched with another of its
  // controller also when its output changed.
  std::vector<uint32_t> old_operation;
  // The operation that writes each channel.
  std::vector<uint32_t> writer_in_old;
  std::vector<uint32_t> writer_in_new;
};

// kNoMatch where there is none. Linear in the size of the plans.
[[nodiscard]] PlanMatch match(const Plan& old_plan, const Plan& new_plan);

// Whether a number of one plan's channel means the same in the other's: not where both are enums of
// other names, or one is an enum and the other a float.
[[nodiscard]] bool names_agree(const Plan& one, uint32_t channel, const Plan& other,
                               uint32_t other_channel);

// Inputs of an operation; they are contiguous.
struct InputRange {
  uint32_t first = 0;
  uint32_t count = 0;
};
[[nodiscard]] InputRange inputs_of(const Operation& operation);

// Of two operations that match: the old input that holds the component which the new operation has
// at `offset` among its inputs, whatever the order in which both keep them.
[[nodiscard]] uint32_t old_input(const Operation& old_operation, const Operation& new_operation,
                                 uint32_t offset);

}  // namespace rigjit
