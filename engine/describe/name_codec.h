// Channels and inputs as bytes: each controller's name once, then what belongs to it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "rigjit/channel.h"

namespace rigjit {

[[nodiscard]] std::vector<uint8_t> encode_names(std::span<const Channel> channels);
[[nodiscard]] std::vector<uint8_t> encode_names(std::span<const Input> inputs);

// Whether the bytes hold exactly `count` well-formed entries. Safe on any bytes; allocates nothing.
[[nodiscard]] bool valid_channel_names(std::span<const uint8_t> bytes, uint32_t count);
[[nodiscard]] bool valid_input_names(std::span<const uint8_t> bytes, uint32_t count);

// Only for bytes that are valid. Calls visit(controller, attribute) once a channel; the names are
// valid until it returns.
void visit_channel_names(std::span<const uint8_t> bytes,
                         const std::function<void(std::string_view, std::string_view)>& visit);

// Only for bytes that are valid.
[[nodiscard]] std::vector<Channel> decode_channel_names(std::span<const uint8_t> bytes);
[[nodiscard]] std::vector<Input> decode_input_names(std::span<const uint8_t> bytes);

}  // namespace rigjit
