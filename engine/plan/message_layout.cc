#include <bit>
#include <string_view>

#include "base/make_error.h"
#include "plan/layout.h"

namespace rigjit {
namespace {

constexpr uint64_t kMaxMessageBytes = (uint64_t{1} << 31) - 1;
constexpr uint64_t kFloatHeader = 0xca;
constexpr uint64_t kInt32Header = 0xd2;
constexpr float kLargestFixint = 127;

// https://github.com/msgpack/msgpack/blob/master/spec.md
constexpr uint64_t map_header_bytes(uint64_t count) {
  return count < 16 ? 1 : count < 65536 ? 3 : 5;
}
constexpr uint64_t str_header_bytes(uint64_t size) {
  return size < 32 ? 1 : size < 256 ? 2 : size < 65536 ? 3 : 5;
}

uint64_t str_bytes(const std::string& text) { return str_header_bytes(text.size()) + text.size(); }

// One a channel: the bytes of its number. A bool and a small number are their own header.
std::vector<uint8_t> slot_widths(const Plan& plan) {
  std::vector<uint8_t> widths(plan.channel_count(), 4);
  for (const Operation& operation : plan.operations()) {
    const Limits limits = whole_limits(operation);
    if (limits.min >= 0 && limits.max <= kLargestFixint) widths[channel_of(operation)] = 1;
  }
  return widths;
}

uint64_t value_bytes(uint8_t width) { return width == 1 ? 1 : 1 + uint64_t{width}; }

uint64_t message_bytes(const Plan& plan, const std::vector<uint8_t>& widths) {
  uint64_t size = map_header_bytes(plan.controllers().size());
  for (const PlanController& controller : plan.controllers()) {
    size += str_bytes(controller.name) + map_header_bytes(controller.channel_count);
  }
  for (const std::string& attribute : plan.attributes()) size += str_bytes(attribute);
  for (const uint8_t width : widths) size += value_bytes(width);
  return size;
}

class Writer {
 public:
  explicit Writer(uint64_t size_bytes) { bytes_.reserve(size_bytes); }

  [[nodiscard]] uint32_t position() const { return static_cast<uint32_t>(bytes_.size()); }
  [[nodiscard]] std::vector<uint8_t> take() && { return std::move(bytes_); }

  void map_header(uint64_t count) {
    switch (map_header_bytes(count)) {
      case 1:
        return big_endian(0x80 | count, 1);
      case 3:
        big_endian(0xde, 1);
        return big_endian(count, 2);
      default:
        big_endian(0xdf, 1);
        return big_endian(count, 4);
    }
  }

  void str(std::string_view text) {
    const uint64_t header = str_header_bytes(text.size());
    if (header == 1) {
      big_endian(0xa0 | text.size(), 1);
    } else {
      big_endian(header == 2 ? 0xd9 : header == 3 ? 0xda : 0xdb, 1);
      big_endian(text.size(), header - 1);
    }
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }

  // Returns where the number lies, which is zero until it is known.
  uint32_t slot(ChannelType type, uint8_t width) {
    if (width > 1) big_endian(type == ChannelType::kFloat ? kFloatHeader : kInt32Header, 1);
    const uint32_t slot = position();
    big_endian(0, width);
    return slot;
  }

 private:
  void big_endian(uint64_t value, uint64_t size_bytes) {
    for (uint64_t i = size_bytes; i-- > 0;) {
      bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
    }
  }

  std::vector<uint8_t> bytes_;
};

void write_constants(const Plan& plan, MessageLayout& layout) {
  for (const Operation& operation : plan.operations()) {
    const auto* constant = std::get_if<Constant>(&operation);
    if (constant == nullptr) continue;
    const auto bits = std::bit_cast<uint32_t>(constant->value);
    for (uint32_t i = 0; i < 4; ++i) {
      layout.bytes[layout.slots[constant->channel] + i] =
          static_cast<uint8_t>(bits >> (24 - 8 * i));
    }
  }
}

Error too_large(uint64_t size_bytes) {
  return make_error("message-too-large", "the rig's message would have " +
                                             std::to_string(size_bytes) + " bytes, more than " +
                                             std::to_string(kMaxMessageBytes));
}

}  // namespace

Result<MessageLayout> message_layout(const Plan& plan) {
  std::vector<uint8_t> widths = slot_widths(plan);
  const uint64_t size_bytes = message_bytes(plan, widths);
  if (size_bytes > kMaxMessageBytes) return too_large(size_bytes);

  MessageLayout layout;
  layout.slots.reserve(plan.channel_count());
  layout.controllers.reserve(plan.controllers().size());
  Writer writer(size_bytes);
  writer.map_header(plan.controllers().size());
  for (const PlanController& controller : plan.controllers()) {
    const uint32_t name_begin = writer.position();
    writer.str(controller.name);
    const uint32_t body_begin = writer.position();
    writer.map_header(controller.channel_count);
    for (uint32_t i = 0; i < controller.channel_count; ++i) {
      const uint32_t channel = controller.first_channel + i;
      writer.str(plan.attributes()[channel]);
      layout.slots.push_back(writer.slot(plan.types()[channel], widths[channel]));
    }
    layout.controllers.push_back({name_begin, body_begin, writer.position()});
  }
  layout.bytes = std::move(writer).take();
  layout.widths = std::move(widths);
  write_constants(plan, layout);
  return layout;
}

}  // namespace rigjit
