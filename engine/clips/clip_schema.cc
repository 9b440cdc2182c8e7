#include "clips/clip_schema.h"

#include <array>
#include <charconv>

#include "base/make_error.h"

namespace rigjit {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::size_t kChannelCells = 4;
// Beside the unit; then the names of an enum, to the end of the row.
constexpr std::size_t kTypeCell = 5;

std::string metadata_of(const Rig& rig, std::string_view key) {
  const std::string* value = find(rig.metadata(), key);
  return value == nullptr ? std::string() : *value;
}

// What angles are in unless their channel says otherwise: the unit of the first.
AngleUnit main_unit(const std::vector<Channel>& channels) {
  for (const Channel& channel : channels) {
    if (channel.angle_unit) return *channel.angle_unit;
  }
  return AngleUnit::kDegrees;
}

Error malformed(std::string message) { return make_error("malformed-file", std::move(message)); }

// The value of the enumeration, one of its first `count`, that has this word.
template <typename Enum>
std::optional<Enum> from_word(const std::optional<std::string>& word, int count) {
  for (int i = 0; i < count; ++i) {
    if (word == to_string(static_cast<Enum>(i))) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

bool read_type(const JsonRow& row, Channel& channel) {
  const auto type = from_word<ChannelType>(row[kTypeCell], 4);
  if (!type) return false;
  channel.type = *type;
  if (*type != ChannelType::kEnum) return true;
  for (std::size_t i = kTypeCell + 1; i < row.size(); ++i) {
    if (!row[i]) return false;
    channel.names.push_back(*row[i]);
  }
  return !channel.names.empty();
}

// Nothing where a cell holds what it cannot.
std::optional<Channel> channel_from(const JsonRow& row, AngleUnit unit) {
  constexpr int kKinds = static_cast<int>(TransformationKind::kConstant) + 1;
  const auto kind = from_word<TransformationKind>(row[2], kKinds);
  if (!row[0] || !row[1] || !kind) return std::nullopt;
  Channel channel{*row[0], *row[1], *kind};
  channel.rotate_order = from_word<RotateOrder>(row[3], 6);
  if (row[3] && !channel.rotate_order) return std::nullopt;
  if (channel.rotate_order || *kind == TransformationKind::kRotation1d) channel.angle_unit = unit;
  if (row.size() > kChannelCells && row[4]) {
    channel.angle_unit = from_word<AngleUnit>(row[4], 2);
    if (!channel.angle_unit) return std::nullopt;
  }
  if (row.size() > kTypeCell && row[kTypeCell] && !read_type(row, channel)) return std::nullopt;
  return channel;
}

std::optional<std::vector<Channel>> parse_channels(const std::string& json, AngleUnit unit) {
  const std::optional<JsonTable> table = parse_json_table(json, kChannelCells);
  if (!table) return std::nullopt;
  std::vector<Channel> channels;
  channels.reserve(table->size());
  for (const JsonRow& row : *table) {
    std::optional<Channel> channel = channel_from(row, unit);
    if (!channel) return std::nullopt;
    channels.push_back(std::move(*channel));
  }
  return channels;
}

std::optional<int64_t> whole(const std::string& text) {
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace

JsonTable channel_table(const Rig& rig) {
  const AngleUnit unit = main_unit(rig.channels());
  JsonTable table;
  table.reserve(rig.channels().size());
  for (const Channel& channel : rig.channels()) {
    JsonRow& row = table.emplace_back(
        JsonRow{channel.controller, channel.attribute, to_string(channel.kind), std::nullopt});
    if (channel.rotate_order) row[3] = to_string(*channel.rotate_order);
    if (channel.angle_unit.value_or(unit) != unit) row.emplace_back(to_string(*channel.angle_unit));
    if (channel.type == ChannelType::kFloat) continue;
    row.resize(kTypeCell);
    row.emplace_back(to_string(channel.type));
    row.insert(row.end(), channel.names.begin(), channel.names.end());
  }
  return table;
}

JsonTable input_table(const Rig& rig) {
  JsonTable table;
  table.reserve(rig.inputs().size());
  for (const Input& input : rig.inputs()) {
    table.push_back({input.controller, to_string(input.transformation), input.component});
  }
  return table;
}

JsonTable spec_table(const Rig& rig) {
  JsonTable table;
  for (const SpecFile& file : rig.spec_files()) table.push_back({file.text});
  return table;
}

Strings rig_strings(const Rig& rig, const FileFormat& format) {
  return {{"format", std::string(format.name)},
          {"format_version", std::string(kVersion)},
          {"rig", rig.name()},
          {"rig_hash", rig.hash()},
          {"namespace", rig.name_space()},
          {"channels", to_json(channel_table(rig))}};
}

Strings clip_strings(const Rig& rig, const FrameRate& fps, int64_t start_frame) {
  Strings strings = rig_strings(rig, kClipFormat);
  strings.emplace_back("fps", to_string(fps));
  strings.emplace_back("start_frame", std::to_string(start_frame));
  strings.emplace_back("length_unit", metadata_of(rig, "unit"));
  strings.emplace_back("angle_unit", to_string(main_unit(rig.channels())));
  strings.emplace_back("up_axis", metadata_of(rig, "up_axis"));
  return strings;
}

std::optional<Error> check_format(const MatrixHeader& header, const FileFormat& format) {
  const std::string* written = find(header.metadata, "format");
  if (written == nullptr || *written != format.name || header.name != format.tensor) {
    return malformed("it is no " + std::string(format.name) + " file");
  }
  const std::string* version = find(header.metadata, "format_version");
  if (version == nullptr || *version != kVersion) {
    return malformed("it has a version of the format that this rigjit does not read");
  }
  return std::nullopt;
}

Result<Clip> parse_clip_schema(const MatrixHeader& header) {
  if (std::optional<Error> error = check_format(header, kClipFormat)) return std::move(*error);
  constexpr std::array kKeys = {"rig",        "rig_hash", "fps",       "start_frame", "length_unit",
                                "angle_unit", "up_axis",  "namespace", "channels"};
  std::array<std::string, kKeys.size()> texts;
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    const std::string* text = find(header.metadata, kKeys[i]);
    if (text == nullptr) return malformed(std::string("its metadata lacks ") + kKeys[i]);
    texts[i] = *text;
  }
  const Result<FrameRate> fps = parse_frame_rate(texts[2]);
  const std::optional<int64_t> start_frame = whole(texts[3]);
  const auto unit = from_word<AngleUnit>(texts[5], 2);
  if (!fps || !start_frame || !unit) {
    return malformed("its frame rate, start frame or angle unit is none");
  }
  std::optional<std::vector<Channel>> channels = parse_channels(texts[8], *unit);
  if (!channels || channels->empty() || channels->size() != header.columns) {
    return malformed("its channels are malformed, or not as many as its frames have");
  }
  Clip clip;
  clip.rig_name = texts[0];
  clip.rig_hash = texts[1];
  clip.fps = *fps;
  clip.start_frame = *start_frame;
  clip.length_unit = texts[4];
  clip.up_axis = texts[6];
  clip.name_space = texts[7];
  clip.channels = std::move(*channels);
  return clip;
}

}  // namespace rigjit
