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

// MessagePack {controller: {attribute: value}} with the smallest header for every map and string. A
// float is a float32, a bool one byte; an int and an enum, which is its index, are one byte where
// their limits lie in 0..127, else an int32. What packb(pose, use_single_float=True) of the msgpack
// package writes, but for the int32.
struct MessageLayout {
  std::vector<uint8_t>
      bytes;  // the whole message; slots of constants hold their value, others zero
  std::vector<uint32_t> slots;              // one a channel: offset of its big-endian number
  std::vector<uint8_t> widths;              // bytes of it: 4, or 1 for a bool and a small number
  std::vector<ControllerSpan> controllers;  // one a controller, contiguous to the end of bytes

  [[nodiscard]] uint32_t slot_end(uint32_t channel) const {
    return slots[channel] + widths[channel];
  }
};

// Fails with "message-too-large" above 2^31 - 1 bytes.
[[nodiscard]] Result<MessageLayout> message_layout(const Plan& plan);

}  // namespace rigjit
