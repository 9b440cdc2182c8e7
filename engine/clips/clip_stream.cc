#include "rigjit/clip_stream.h"

#include <cstring>
#include <memory>

#include "base/json_string.h"
#include "base/make_error.h"
#include "clips/clip_schema.h"
#include "clips/frame_values.h"

namespace rigjit {
namespace {

constexpr std::string_view kMagic = "RIGJITL\n";

// What precedes the schema and every frame: its length in bytes.
using Length = uint32_t;

std::string length_bytes(std::size_t size) {
  const auto length = static_cast<Length>(size);
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes;
}

Status write_frames(const Rig& rig, const FramesToConvert& frames, uint8_t* out, Stream* stream) {
  const std::size_t row_size = rig.channel_count() * sizeof(float);
  const auto values = std::make_unique_for_overwrite<float[]>(frames.count * rig.channel_count());
  if (Status status = frame_values(rig, frames, values.get(), stream); !status) return status;
  const std::string length = length_bytes(row_size);
  for (std::size_t i = 0; i < frames.count; ++i) {
    std::memcpy(out, length.data(), length.size());
    std::memcpy(out + length.size(), values.get() + i * rig.channel_count(), row_size);
    out += stream_frame_size(rig);
  }
  return Done{};
}

}  // namespace

Result<std::string> stream_schema(const Rig& rig, const ClipTiming& timing) {
  std::string json = "{";
  for (const auto& [key, value] :
       clip_strings(rig, timing.fps.value_or(FrameRate{}), timing.start_frame.value_or(0))) {
    json += (json.size() > 1 ? "," : "") + json_quoted(key) + ":" + json_quoted(value);
  }
  json += '}';
  if (json.size() > kMaxSafetensorsHeader) {
    return make_error("header-too-large", "the names of the rig take " +
                                              std::to_string(json.size()) +
                                              " bytes; a stream's schema has at most 100000000");
  }
  return std::string(kMagic) + length_bytes(json.size()) + json;
}

std::size_t stream_frame_size(const Rig& rig) {
  return sizeof(Length) + rig.channel_count() * sizeof(float);
}

Status stream_frame(const Rig& rig, const float* vec, uint8_t* out, Stream* stream) {
  return write_frames(rig, {vec}, out, stream);
}

Status stream_frames(const Rig& rig, const float* vecs, std::size_t count, uint8_t* out,
                     uint8_t* valid, Stream* stream) {
  return write_frames(rig, {vecs, count, valid, true}, out, stream);
}

std::string stream_end() { return length_bytes(0); }

}  // namespace rigjit
