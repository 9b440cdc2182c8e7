#include "describe/description.h"

#include "base/byte_codec.h"
#include "base/default_float_env.h"
#include "describe/name_codec.h"
#include "describe/type_codec.h"
#include "plan/layout.h"

namespace rigjit {

Result<RigDescription> describe(const Plan& plan, std::string name, Metadata metadata) {
  const DefaultFloatEnv env;
  Result<MessageLayout> layout = message_layout(plan);
  if (!layout) return std::move(layout).errors();
  RigDescription description;
  description.name = std::move(name);
  description.name_space = plan.name_space();
  description.metadata = std::move(metadata);
  description.rig_hash = rig_hash(plan);
  description.vec_size = plan.input_count();
  description.channel_count = plan.channel_count();
  description.msgpack_size = layout->bytes.size();
  description.rest_vec = rest_vec(plan);
  const std::vector<Channel> channels = plan.channels();
  description.channel_names = encode_names(std::span(channels));
  description.channel_types = encode_types(channels);
  description.input_names = encode_names(std::span<const Input>(plan.inputs()));
  return description;
}

std::vector<Channel> decode_channels(const RigDescription& description) {
  std::vector<Channel> channels = decode_channel_names(description.channel_names);
  decode_types(description.channel_types, channels);
  return channels;
}

std::vector<Input> decode_inputs(const RigDescription& description) {
  return decode_input_names(description.input_names);
}

std::vector<uint8_t> encode_description(const RigDescription& description) {
  ByteWriter writer;
  writer.number(description.rig_hash.high);
  writer.number(description.rig_hash.low);
  writer.number(description.vec_size);
  writer.number(description.channel_count);
  writer.number(description.msgpack_size);
  writer.text(description.name);
  writer.text(description.name_space);
  writer.number(static_cast<uint32_t>(description.metadata.size()));
  for (const auto& [key, value] : description.metadata) {
    writer.text(key);
    writer.text(value);
  }
  writer.block({reinterpret_cast<const uint8_t*>(description.rest_vec.data()),
                description.rest_vec.size() * sizeof(float)});
  writer.block(description.channel_names);
  writer.block(description.channel_types);
  writer.block(description.input_names);
  return std::move(writer).take();
}

std::optional<RigDescription> decode_description(std::span<const uint8_t> bytes) {
  ByteReader reader(bytes);
  RigDescription description;
  description.rig_hash.high = reader.number<uint64_t>();
  description.rig_hash.low = reader.number<uint64_t>();
  description.vec_size = reader.number<uint32_t>();
  description.channel_count = reader.number<uint32_t>();
  description.msgpack_size = reader.number<uint64_t>();
  description.name = reader.text();
  description.name_space = reader.text();
  const auto metadata_count = reader.number<uint32_t>();
  for (uint32_t i = 0; i < metadata_count && reader.ok(); ++i) {
    const std::string_view key = reader.text();
    const std::string_view value = reader.text();
    description.metadata.emplace_back(key, value);
  }
  const std::span<const uint8_t> rest = reader.block();
  const std::span<const uint8_t> channels = reader.block();
  const std::span<const uint8_t> types = reader.block();
  const std::span<const uint8_t> inputs = reader.block();
  if (!reader.at_end() || rest.size() != uint64_t{description.vec_size} * sizeof(float) ||
      !valid_channel_names(channels, description.channel_count) ||
      !valid_types(types, description.channel_count) ||
      !valid_input_names(inputs, description.vec_size)) {
    return std::nullopt;
  }
  description.rest_vec.resize(description.vec_size);
  if (!rest.empty()) std::memcpy(description.rest_vec.data(), rest.data(), rest.size());
  description.channel_names.assign(channels.begin(), channels.end());
  description.channel_types.assign(types.begin(), types.end());
  description.input_names.assign(inputs.begin(), inputs.end());
  return description;
}

}  // namespace rigjit
