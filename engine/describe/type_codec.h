// What types channels are of, as bytes: only those that are no floats, so that most rigs have none.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rigjit/channel.h"

namespace rigjit {

// Laid out in engine/cache/cache_format.md.
[[nodiscard]] std::vector<uint8_t> encode_types(std::span<const Channel> channels);

// Whether the bytes are well-formed for `count` channels. Safe on any bytes; allocates nothing.
[[nodiscard]] bool valid_types(std::span<const uint8_t> bytes, uint32_t count);

// Only for bytes that are valid. Sets type and names of those channels that the bytes hold.
void decode_types(std::span<const uint8_t> bytes, std::vector<Channel>& channels);

// Only for bytes that are valid. One a channel; empty if all are floats.
[[nodiscard]] std::vector<ChannelType> decode_channel_types(std::span<const uint8_t> bytes,
                                                            uint32_t count);

}  // namespace rigjit
