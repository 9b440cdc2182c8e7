#include "codegen/message_chunks.h"

#include <algorithm>
#include <bit>

namespace rigjit {
namespace {

class Cutter {
 public:
  Cutter(const MessageLayout& layout, ChunkWidths widths) : layout_(layout), widths_(widths) {}

  void constant(uint32_t begin, uint32_t end) { cut(begin, end, widths_.constant, 0, 0); }
  void body(uint32_t begin, uint32_t end, uint32_t first_value, uint32_t end_value) {
    cut(begin, end, widths_.body, first_value, end_value);
  }
  std::vector<MessageChunk> take() { return std::move(chunks_); }

 private:
  void cut(uint32_t begin, uint32_t end, uint32_t widest, uint32_t first_value,
           uint32_t end_value) {
    const auto slots = layout_.slots.begin();
    for (uint32_t offset = begin; offset < end;) {
      const uint32_t left = end - offset;
      const uint32_t width = std::min(widest, std::max(16u, std::bit_ceil(left)));
      const uint32_t size = std::min(left, width);
      MessageChunk chunk{offset, size, width, 0, 0, first_value};
      // Slots are four bytes: the first that ends behind the chunk's begin, the first that begins
      // behind its end.
      chunk.first_value = static_cast<uint32_t>(
          std::upper_bound(slots + first_value, slots + end_value, offset,
                           [](uint32_t at, uint32_t slot) { return at < slot + 4; }) -
          slots);
      chunk.end_value = static_cast<uint32_t>(
          std::lower_bound(slots + chunk.first_value, slots + end_value, offset + size) - slots);
      chunks_.push_back(chunk);
      offset += size;
    }
  }

  const MessageLayout& layout_;
  const ChunkWidths widths_;
  std::vector<MessageChunk> chunks_;
};

}  // namespace

std::vector<MessageChunk> message_chunks(const Plan& plan, const MessageLayout& layout,
                                         uint32_t first, uint32_t end, ChunkWidths widths) {
  Cutter cutter(layout, widths);
  for (uint32_t channel = first; channel < end;) {
    const uint32_t index = plan.controller_of(channel);
    const PlanController& controller = plan.controllers()[index];
    const ControllerSpan& span = layout.controllers[index];
    const uint32_t controller_end = controller.first_channel + controller.channel_count;
    const uint32_t end_channel = std::min(controller_end, end);
    uint32_t begin = span.body_begin;
    if (channel == controller.first_channel) {
      cutter.constant(index == 0 ? 0 : span.name_begin, span.body_begin);
    } else {
      begin = layout.slots[channel - 1] + 4;
    }
    cutter.body(begin, layout.slots[end_channel - 1] + 4, channel, end_channel);
    channel = end_channel;
  }
  return cutter.take();
}

}  // namespace rigjit
