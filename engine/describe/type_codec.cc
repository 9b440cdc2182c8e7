#include "describe/type_codec.h"

#include <cassert>
#include <string>

#include "base/byte_codec.h"

namespace rigjit {
namespace {

// Calls entry(channel, type) and then name(channel, text) for each name of an enum. Returns whether
// the bytes are well-formed.
template <typename Entry, typename Name>
bool visit_types(std::span<const uint8_t> bytes, uint32_t channel_count, Entry entry, Name name) {
  ByteReader reader(bytes);
  uint32_t next = 0;
  while (reader.remaining() > 0) {
    const auto channel = reader.number<uint32_t>();
    const auto type = static_cast<ChannelType>(reader.number<uint8_t>());
    const bool is_known =
        type == ChannelType::kBool || type == ChannelType::kInt || type == ChannelType::kEnum;
    if (!reader.ok() || channel < next || channel >= channel_count || !is_known) return false;
    next = channel + 1;
    entry(channel, type);
    const uint32_t names = type == ChannelType::kEnum ? reader.number<uint32_t>() : 0;
    if (type == ChannelType::kEnum && names == 0) return false;
    for (uint32_t i = 0; i < names; ++i) {
      const std::string_view text = reader.text();
      if (!reader.ok()) return false;
      name(channel, text);
    }
  }
  return reader.ok();
}

}  // namespace

std::vector<uint8_t> encode_types(std::span<const Channel> channels) {
  ByteWriter writer;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const Channel& channel = channels[i];
    if (channel.type == ChannelType::kFloat) continue;
    writer.number(static_cast<uint32_t>(i));
    writer.number(static_cast<uint8_t>(channel.type));
    if (channel.type != ChannelType::kEnum) continue;
    writer.number(static_cast<uint32_t>(channel.names.size()));
    for (const std::string& name : channel.names) writer.text(name);
  }
  return std::move(writer).take();
}

bool valid_types(std::span<const uint8_t> bytes, uint32_t count) {
  const auto ignore = [](auto...) {};
  return visit_types(bytes, count, ignore, ignore);
}

void decode_types(std::span<const uint8_t> bytes, std::vector<Channel>& channels) {
  [[maybe_unused]] const bool is_valid = visit_types(
      bytes, static_cast<uint32_t>(channels.size()),
      [&](uint32_t channel, ChannelType type) { channels[channel].type = type; },
      [&](uint32_t channel, std::string_view name) { channels[channel].names.emplace_back(name); });
  assert(is_valid);
}

std::vector<ChannelType> decode_channel_types(std::span<const uint8_t> bytes, uint32_t count) {
  if (bytes.empty()) return {};
  std::vector<ChannelType> types(count, ChannelType::kFloat);
  [[maybe_unused]] const bool is_valid = visit_types(
      bytes, count, [&](uint32_t channel, ChannelType type) { types[channel] = type; },
      [](auto...) {});
  assert(is_valid);
  return types;
}

}  // namespace rigjit
