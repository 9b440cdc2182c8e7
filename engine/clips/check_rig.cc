#include "clips/check_rig.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/make_error.h"
#include "base/printable.h"
#include "clips/clip_schema.h"
#include "clips/json_table.h"
#include "clips/rig_mismatch.h"
#include "plan/name_space.h"
#include "plan/plan.h"
#include "rig/rig_core.h"
#include "rigjit/diff.h"

namespace rigjit {
namespace {

constexpr std::size_t kInputCells = 3;
constexpr std::size_t kChannelNameCells = 2;

// Controller, attribute, and whatever says how a value is meant.
JsonTable meanings(const std::vector<Channel>& channels) {
  JsonTable table;
  table.reserve(channels.size());
  for (const Channel& channel : channels) {
    JsonRow& row =
        table.emplace_back(JsonRow{channel.controller, channel.attribute, to_string(channel.kind)});
    if (channel.rotate_order) row.emplace_back(to_string(*channel.rotate_order));
    if (channel.angle_unit) row.emplace_back(to_string(*channel.angle_unit));
    if (channel.type != ChannelType::kFloat) row.emplace_back(to_string(channel.type));
    row.insert(row.end(), channel.names.begin(), channel.names.end());
  }
  return table;
}

// Names of controllers, which come first, as the spec has them.
JsonTable without(const std::string& name_space, JsonTable table) {
  if (name_space.empty()) return table;
  for (JsonRow& row : table) {
    if (row[0]) row[0] = without_name_space(name_space, *row[0]);
  }
  return table;
}

std::string text_of(const MatrixHeader& header, std::string_view key) {
  const std::string* text = find(header.metadata, key);
  return text == nullptr ? std::string() : *text;
}

// What `rigjit diff` says of the spec that the file holds and the rig; empty where it cannot.
std::string spec_difference(const MatrixHeader& header, const Rig& rig) {
  const std::optional<JsonTable> texts = parse_json_table(text_of(header, "spec"), 1);
  if (!texts) return {};
  std::vector<SpecFile> files;
  for (const JsonRow& row : *texts) files.push_back({"<file>", row[0].value_or("")});
  const RigCore& core = RigAccess::core_of(rig);
  const std::optional<Plan> there = core.plan_of(std::move(files));
  const Result<std::shared_ptr<const Plan>> here = core.plan();
  if (!there || !here || rig_hash(*there).to_hex() != text_of(header, "rig_hash")) return {};
  return one_line(diff(*there, **here));
}

std::optional<Error> compare(const MatrixHeader& header, const Rig& rig, const std::string& what,
                             JsonTable in_file, JsonTable in_rig, std::size_t name_cells) {
  const JsonTable there = without(text_of(header, "namespace"), std::move(in_file));
  const JsonTable here = without(rig.name_space(), std::move(in_rig));
  if (text_of(header, "rig_hash") == rig.hash() && there == here) return std::nullopt;
  std::string difference = spec_difference(header, rig);
  if (difference.empty()) difference = table_difference(what, there, here, name_cells);
  return rig_mismatch(header.metadata, rig.name(), rig.hash(), difference);
}

// How many angles each controller has.
std::map<std::string_view, int> angles_of(const std::vector<Channel>& channels) {
  std::map<std::string_view, int> angles;
  for (const Channel& channel : channels) {
    if (channel.angle_unit) ++angles[channel.controller];
  }
  return angles;
}

// Clips of older writers say the unit and the order only of a rotation3d's angles. A controller's
// only angle is the same rotation in every order.
std::vector<Channel> with_facts_of(std::vector<Channel> channels, const std::vector<Channel>& rig) {
  const std::map<std::string_view, int> angles = angles_of(rig);
  for (std::size_t i = 0; i < std::min(channels.size(), rig.size()); ++i) {
    const auto found = angles.find(rig[i].controller);
    const bool is_only = found != angles.end() && found->second == 1;
    if (!channels[i].rotate_order || is_only) channels[i].rotate_order = rig[i].rotate_order;
    if (!channels[i].angle_unit) channels[i].angle_unit = rig[i].angle_unit;
  }
  return channels;
}

// Why numbers of an angle cannot be taken as they are; empty where they can.
std::string angle_difference(const Channel& in_file, const Channel& in_rig) {
  const auto differ = [](const auto& a, const auto& b) { return a && b && *a != *b; };
  std::string text;
  if (differ(in_file.angle_unit, in_rig.angle_unit)) {
    text = std::string("in ") + to_string(*in_file.angle_unit) + ", here in " +
           to_string(*in_rig.angle_unit);
  } else if (differ(in_file.rotate_order, in_rig.rotate_order)) {
    text = std::string("of rotate order ") + to_string(*in_file.rotate_order) + ", here of " +
           to_string(*in_rig.rotate_order);
  }
  return text;
}

}  // namespace

std::optional<Error> check_clip_rig(const MatrixHeader& header, const Clip& clip, const Rig& rig) {
  const std::vector<Channel>& in_rig = rig.channels();
  return compare(header, rig, "channels", meanings(with_facts_of(clip.channels, in_rig)),
                 meanings(in_rig), kChannelNameCells);
}

Result<std::vector<Channel>> channels_by_name(Clip&& clip, const Rig& rig) {
  using Name = std::pair<std::string_view, std::string_view>;
  const std::vector<Channel>& in_rig = rig.channels();
  std::map<Name, const Channel*> known;
  std::map<std::string_view, int> angles = angles_of(in_rig);
  for (const Channel& channel : in_rig) {
    known.emplace(Name(channel.controller, channel.attribute), &channel);
  }
  for (Channel& channel : clip.channels) {
    channel.controller =
        in_name_space(rig.name_space(), without_name_space(clip.name_space, channel.controller));
    const auto found = known.find(Name(channel.controller, channel.attribute));
    if (found == known.end()) continue;
    // One angle alone is the same rotation in every order.
    if (angles[channel.controller] == 1) channel.rotate_order = found->second->rotate_order;
    const std::string difference = angle_difference(channel, *found->second);
    if (difference.empty()) continue;
    return make_error("rig-mismatch", "its " + printable(channel.controller) + "." +
                                          printable(channel.attribute) + " is " + difference);
  }
  return std::move(clip.channels);
}

std::optional<Error> check_vectors_rig(const MatrixHeader& header, const Rig& rig) {
  const std::optional<JsonTable> table = parse_json_table(text_of(header, "inputs"), kInputCells);
  if (find(header.metadata, "rig_hash") == nullptr || !table || table->size() != header.columns) {
    return make_error(
        "malformed-file",
        "its rig hash or inputs are missing, malformed or not as many as its columns");
  }
  return compare(header, rig, "inputs", *table, input_table(rig), kInputCells);
}

}  // namespace rigjit
