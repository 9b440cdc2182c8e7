// Chunks follow the message, not the values: at multiples of the width, whatever names and numbers
// they cut. A value that lies across two chunks is placed in both, each taking its bytes. The last
// chunk of a segment is moved back to end with it, and writes some bytes a second time, rather than
// be narrower.
#include "codegen/message_chunks.h"

#include <algorithm>
#include <bit>
#include <ranges>

namespace rigjit {
namespace {

// Where the bytes of a channel begin: its controller's name goes before its first channel.
uint32_t begin_of(const Plan& plan, const MessageLayout& layout, uint32_t channel) {
  if (channel == 0) return 0;
  if (channel == plan.channel_count()) return static_cast<uint32_t>(layout.bytes.size());
  const uint32_t controller = plan.controller_of(channel);
  return channel == plan.controllers()[controller].first_channel
             ? layout.controllers[controller].name_begin
             : layout.slot_end(channel - 1);
}

}  // namespace

std::vector<MessageChunk> message_chunks(const Plan& plan, const MessageLayout& layout,
                                         const Segment& segment, uint32_t width) {
  const uint32_t begin = begin_of(plan, layout, segment.first_channel);
  const uint32_t end = begin_of(plan, layout, segment.end_channel);
  // A short segment is written in narrower vectors, the shortest in pieces of one.
  width = std::min(width, std::max(16u, std::bit_floor(end - begin)));
  std::vector<MessageChunk> chunks;
  for (uint32_t done = begin; done < end;) {
    uint32_t offset = done;
    if (offset > begin) offset = offset / width * width;
    if (end - begin >= width) offset = std::min(offset, end - width);
    MessageChunk chunk{offset, std::min(width, end - offset), width, 0, 0};
    // The first slot that ends behind the chunk's begin, the first that begins behind its end.
    const std::ranges::iota_view channels(segment.first_channel, segment.end_channel);
    chunk.first_value = *std::ranges::upper_bound(
        channels, offset, {}, [&](uint32_t channel) { return layout.slot_end(channel); });
    chunk.end_value = *std::ranges::lower_bound(
        channels, offset + chunk.size, {}, [&](uint32_t channel) { return layout.slots[channel]; });
    chunks.push_back(chunk);
    done = offset + chunk.size;
  }
  return chunks;
}

}  // namespace rigjit
