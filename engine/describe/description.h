// Everything a caller may ask about a rig without its code: what a cached spec record holds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plan/plan.h"
#include "rigjit/channel.h"

namespace rigjit {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Channels and inputs stay encoded until someone asks for them: as bytes they take a tenth of
// their memory, and a load need not make thousands of strings.
struct RigDescription {
  std::string name;
  std::string name_space;  // empty: none
  Metadata metadata;       // in the order of the file
  Hash128 rig_hash;
  uint32_t vec_size = 0;
  uint32_t channel_count = 0;
  uint64_t msgpack_size = 0;
  std::vector<float> rest_vec;         // vec_size
  std::vector<uint8_t> channel_names;  // see decode_channels
  std::vector<uint8_t> channel_types;  // see decode_channels; empty if all are floats
  std::vector<uint8_t> input_names;    // see decode_inputs
};

// Fails as message_layout does.
[[nodiscard]] Result<RigDescription> describe(const Plan& plan, std::string name,
                                              Metadata metadata);

// What the encoded names hold; the bytes must have passed decode_description or come from describe.
[[nodiscard]] std::vector<Channel> decode_channels(const RigDescription& description);
[[nodiscard]] std::vector<Input> decode_inputs(const RigDescription& description);

// The bytes of a description; laid out in engine/cache/cache_format.md.
[[nodiscard]] std::vector<uint8_t> encode_description(const RigDescription& description);

// Nothing unless the bytes are exactly one description whose counts agree with what they count.
// Safe on any bytes: allocates no more than a small multiple of what it is given.
[[nodiscard]] std::optional<RigDescription> decode_description(std::span<const uint8_t> bytes);

}  // namespace rigjit
