// How what one rig means differs from what another means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rigjit/channel.h"
#include "rigjit/export.h"

namespace rigjit {

class Plan;  // from Rig::shared_plan() or read_plan()

enum class Change : uint8_t { kAdded, kRemoved, kMoved };
[[nodiscard]] RIGJIT_EXPORT const char* to_string(Change change) noexcept;  // "added", ...

// An input that only one rig has, or that stands in another order among those that both have. What
// only gives way to an added or removed one has not moved.
struct InputChange {
  Change change;
  Input input;
  std::optional<uint32_t> old_index;  // in the old vector; none if added
  std::optional<uint32_t> new_index;  // in the new vector; none if removed
};

struct ChannelChange {
  Change change;
  Channel channel;
  std::optional<uint32_t> old_index;
  std::optional<uint32_t> new_index;
};

// Something that says how channels of both rigs are computed.
struct CoefficientChange {
  std::string controller;
  std::vector<std::string> attributes;  // all that it concerns: a rotation3d has three or four
  // The spec's word: "scale", "center", "min", "max", "limit", "type", "encoding", "names",
  // "rotate_order", "rot6d", "angle_unit", "output", "order", "value"; "transformation" if the kind
  // of it changed.
  std::string coefficient;
  std::optional<std::string> old_value;  // as the spec writes it; none where there is none
  std::optional<std::string> new_value;
};

struct RigDiff {
  std::string old_hash;  // 32 hexadecimal digits
  std::string new_hash;
  // Removed ones in the order of the old rig, then the others in the order of the new one.
  std::vector<InputChange> inputs;
  std::vector<ChannelChange> channels;
  std::vector<CoefficientChange> coefficients;

  // Whether the rigs mean the same: exactly if their hashes are equal.
  [[nodiscard]] bool empty() const noexcept {
    return inputs.empty() && channels.empty() && coefficients.empty();
  }
};

// Thread-safe; time and memory are nearly linear in the size of the rigs.
[[nodiscard]] RIGJIT_EXPORT RigDiff diff(const Plan& old_plan, const Plan& new_plan);

// For people, a line for each run of inputs or channels and for each coefficient; "no difference"
// if there is none. No newline at the end.
[[nodiscard]] RIGJIT_EXPORT std::string to_string(const RigDiff& diff);

}  // namespace rigjit
