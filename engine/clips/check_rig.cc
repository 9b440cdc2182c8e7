#include "clips/check_rig.h"

#include <string>
#include <string_view>
#include <vector>

#include "base/make_error.h"
#include "clips/clip_schema.h"
#include "clips/json_table.h"
#include "clips/rig_mismatch.h"
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
  const std::string prefix = name_space + ":";
  for (JsonRow& row : table) {
    if (row[0] && row[0]->starts_with(prefix)) row[0]->erase(0, prefix.size());
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

}  // namespace

std::optional<Error> check_clip_rig(const MatrixHeader& header, const Clip& clip, const Rig& rig) {
  return compare(header, rig, "channels", meanings(clip.channels), meanings(rig.channels()),
                 kChannelNameCells);
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
