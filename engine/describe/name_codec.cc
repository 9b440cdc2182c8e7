#include "describe/name_codec.h"

#include <cassert>
#include <optional>
#include <utility>

#include "base/byte_codec.h"

namespace rigjit {
namespace {

constexpr auto kLastKind = static_cast<uint8_t>(TransformationKind::kConstant);
constexpr auto kLastOrder = static_cast<uint8_t>(RotateOrder::kZYX);
constexpr auto kLastUnit = static_cast<uint8_t>(AngleUnit::kRadians);
// In place of an order or unit: the channel has none.
constexpr uint8_t kNone = 0xff;

template <typename Enum>
void write_optional(ByteWriter& writer, std::optional<Enum> value) {
  writer.number(value ? static_cast<uint8_t>(*value) : kNone);
}

template <typename Enum>
std::optional<Enum> optional_from(uint8_t byte) {
  if (byte == kNone) return std::nullopt;
  return static_cast<Enum>(byte);
}

struct EncodedChannel {
  uint8_t kind;
  uint8_t rotate_order;
  uint8_t angle_unit;
  std::string_view attribute;
};

EncodedChannel read_channel(ByteReader& reader) {
  EncodedChannel channel;
  channel.kind = reader.number<uint8_t>();
  channel.rotate_order = reader.number<uint8_t>();
  channel.angle_unit = reader.number<uint8_t>();
  channel.attribute = reader.text();
  return channel;
}

bool valid_optional(uint8_t byte, uint8_t last) { return byte <= last || byte == kNone; }

// Runs of entries of one controller: name, number of entries, entries.
template <typename Entry, typename WriteEntry>
std::vector<uint8_t> encode(std::span<const Entry> entries, WriteEntry write_entry) {
  ByteWriter writer;
  for (std::size_t begin = 0; begin < entries.size();) {
    std::size_t end = begin + 1;
    while (end < entries.size() && entries[end].controller == entries[begin].controller) ++end;
    writer.text(entries[begin].controller);
    writer.number(static_cast<uint32_t>(end - begin));
    for (; begin < end; ++begin) write_entry(writer, entries[begin]);
  }
  return std::move(writer).take();
}

// Calls visit(controller, reader) once an entry; it reads the entry and returns whether that is
// well-formed. Returns the number of entries, or -1 if the bytes are malformed.
template <typename Visit>
int64_t visit_entries(std::span<const uint8_t> bytes, Visit visit) {
  ByteReader reader(bytes);
  int64_t total = 0;
  while (reader.remaining() > 0) {
    const std::string_view controller = reader.text();
    const auto count = reader.number<uint32_t>();
    if (count == 0) return -1;
    for (uint32_t i = 0; i < count; ++i) {
      if (!visit(controller, reader) || !reader.ok()) return -1;
    }
    total += count;
  }
  return reader.ok() ? total : -1;
}

}  // namespace

std::vector<uint8_t> encode_names(std::span<const Channel> channels) {
  return encode(channels, [](ByteWriter& writer, const Channel& channel) {
    writer.number(static_cast<uint8_t>(channel.kind));
    write_optional(writer, channel.rotate_order);
    write_optional(writer, channel.angle_unit);
    writer.text(channel.attribute);
  });
}

std::vector<uint8_t> encode_names(std::span<const Input> inputs) {
  return encode(inputs, [](ByteWriter& writer, const Input& input) {
    writer.number(static_cast<uint8_t>(input.transformation));
    writer.text(input.component);
  });
}

bool valid_channel_names(std::span<const uint8_t> bytes, uint32_t count) {
  return count == visit_entries(bytes, [](std::string_view, ByteReader& reader) {
           const EncodedChannel channel = read_channel(reader);
           return channel.kind <= kLastKind && valid_optional(channel.rotate_order, kLastOrder) &&
                  valid_optional(channel.angle_unit, kLastUnit);
         });
}

bool valid_input_names(std::span<const uint8_t> bytes, uint32_t count) {
  return count == visit_entries(bytes, [](std::string_view, ByteReader& reader) {
           const auto kind = reader.number<uint8_t>();
           [[maybe_unused]] const std::string_view component = reader.text();
           return kind <= kLastKind;
         });
}

void visit_channel_names(std::span<const uint8_t> bytes,
                         const std::function<void(std::string_view, std::string_view)>& visit) {
  [[maybe_unused]] const int64_t count =
      visit_entries(bytes, [&](std::string_view controller, ByteReader& reader) {
        visit(controller, read_channel(reader).attribute);
        return true;
      });
  assert(count >= 0);
}

std::vector<Channel> decode_channel_names(std::span<const uint8_t> bytes) {
  std::vector<Channel> channels;
  [[maybe_unused]] const int64_t count =
      visit_entries(bytes, [&](std::string_view controller, ByteReader& reader) {
        const EncodedChannel channel = read_channel(reader);
        channels.push_back({std::string(controller), std::string(channel.attribute),
                            static_cast<TransformationKind>(channel.kind),
                            optional_from<RotateOrder>(channel.rotate_order),
                            optional_from<AngleUnit>(channel.angle_unit)});
        return true;
      });
  assert(count >= 0);
  return channels;
}

std::vector<Input> decode_input_names(std::span<const uint8_t> bytes) {
  std::vector<Input> inputs;
  [[maybe_unused]] const int64_t count =
      visit_entries(bytes, [&](std::string_view controller, ByteReader& reader) {
        const auto kind = static_cast<TransformationKind>(reader.number<uint8_t>());
        inputs.push_back({std::string(controller), kind, std::string(reader.text())});
        return true;
      });
  assert(count >= 0);
  return inputs;
}

}  // namespace rigjit
