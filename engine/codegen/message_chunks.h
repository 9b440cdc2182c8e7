// A message cut into pieces that are written by one store each.
#pragma once

#include <cstdint>
#include <vector>

#include "codegen/schedule.h"
#include "plan/layout.h"

namespace rigjit {

// `size` bytes at `offset` of the message, in a vector of `width` bytes: a power of two from 16 up.
struct MessageChunk {
  uint32_t offset;
  uint32_t size;  // below `width` only where the whole message is shorter
  uint32_t width;
  uint32_t first_value, end_value;  // channels whose slots it touches

  [[nodiscard]] bool has_values() const { return first_value != end_value; }
};

// The chunks of a segment's bytes in ascending order, without gaps. They begin at multiples of
// `width` from the start of the message, so that in an aligned buffer no store crosses a cache
// line; the first and the last of a segment may overlap their neighbours.
[[nodiscard]] std::vector<MessageChunk> message_chunks(const Plan& plan,
                                                       const MessageLayout& layout,
                                                       const Segment& segment, uint32_t width);

}  // namespace rigjit
