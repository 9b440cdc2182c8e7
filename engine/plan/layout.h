// A wire form of a Plan: constant bytes with slots for the values.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"

namespace rigjit {

// The part of a message that belongs to one controller: its name, then its body (map header,
// keys and values). Offsets count bytes from the start of the message.
struct ControllerSpan {
  uint32_t name_begin;
  uint32_t body_begin;
  uint32_t end;
};

// MessagePack {controller: {attribute: float32}} with the smallest header for every map and string:
// what packb(pose, use_single_float=True) of the msgpack package writes.
struct MessageLayout {
  std::vector<uint8_t>
      bytes;  // the whole message; slots of constants hold their value, others zero
  std::vector<uint32_t> slots;              // one a channel: offset of its big-endian float32
  std::vector<ControllerSpan> controllers;  // one a controller, contiguous to the end of bytes
};

// Fails with "message-too-large" above 2^31 - 1 bytes.
[[nodiscard]] Result<MessageLayout> message_layout(const Plan& plan);

}  // namespace rigjit
