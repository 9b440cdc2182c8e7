// A message cut into pieces that are written by one store each.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/layout.h"

namespace rigjit {

// `size` bytes at `offset` of the message, in a vector of `width` bytes: a power of two from 16 up.
struct MessageChunk {
  uint32_t offset;
  uint32_t size;
  uint32_t width;
  uint32_t first_value, end_value;  // channels whose slots it touches; constants are no values
  uint32_t body_value;              // first channel of the controller's part that it belongs to

  [[nodiscard]] bool is_constant() const { return first_value == end_value; }
};

struct ChunkWidths {
  uint32_t constant;  // widest vector that copies constant bytes
  uint32_t body;      // widest vector that values are permuted into
};

// The chunks of channels [first, end) in ascending order, without gaps. Values of constants are
// constant bytes.
[[nodiscard]] std::vector<MessageChunk> message_chunks(const Plan& plan,
                                                       const MessageLayout& layout, uint32_t first,
                                                       uint32_t end, ChunkWidths widths);

}  // namespace rigjit
