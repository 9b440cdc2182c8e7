#include "spec/mirror.h"

#include <set>

#include "spec/controllers.h"
#include "spec/dict_reader.h"
#include "spec/mirror_names.h"
#include "spec/numbers.h"
#include "spec/scalars.h"

namespace rigjit {
namespace {

using Signs = MirrorSpec::Signs;

std::optional<int8_t> read_sign(Report& report, const Value& value) {
  const auto number = read_number(report, value);
  if (!number) return std::nullopt;
  if (*number == 1 || *number == -1) return static_cast<int8_t>(*number);
  report.add("not-a-sign", *value.node, value, "a sign is 1 or -1");
  return std::nullopt;
}

// One for x, y and z each.
std::optional<Signs> read_signs(Report& report, const Value& value) {
  if (!check_list(report, value, "signs")) return std::nullopt;
  Signs signs{1, 1, 1};
  const std::size_t count = value.node->children.size();
  if (count != signs.size()) {
    report.add("length-mismatch", *value.node, value,
               "the list has " + std::to_string(count) + " signs, x, y and z need 3");
    return std::nullopt;
  }
  bool ok = true;
  for (std::size_t i = 0; i < count; ++i) {
    const auto sign = read_sign(report, value.item(i));
    ok &= sign.has_value();
    signs[i] = sign.value_or(1);
  }
  return ok ? std::optional(signs) : std::nullopt;
}

std::optional<Signs> read_rotation_signs(Report& report, const Value& value) {
  const auto signs = read_signs(report, value);
  if (!signs || (*signs)[0] * (*signs)[1] * (*signs)[2] == 1) return signs;
  report.add("not-a-rotation", *value.node, value,
             "the signs of a rotation must multiply to 1, as 1, -1, -1 do: the mirror image of a "
             "rotation is a rotation");
  return std::nullopt;
}

std::vector<std::pair<std::string, int8_t>> read_attribute_signs(Report& report,
                                                                 const Value& value) {
  std::vector<std::pair<std::string, int8_t>> signs;
  DictReader reader(report, value, "attributes");
  reader.for_each_remaining([&](const Value& entry) {
    if (const auto sign = read_sign(report, entry)) signs.emplace_back(entry.key->text, *sign);
  });
  return signs;
}

// The two texts of a pair, unless one has a mistake. `seen`: those of the pairs before.
std::optional<MirrorSpec::Pair> read_pair(Report& report, const Value& value,
                                          std::set<std::string>& seen) {
  if (!check_list(report, value, "a pair")) return std::nullopt;
  if (value.node->children.size() != 2) {
    report.add("length-mismatch", *value.node, value, "a pair has two texts, as in [l_, r_]");
    return std::nullopt;
  }
  std::array<std::string, 2> texts;
  for (std::size_t i = 0; i < 2; ++i) {
    const Value item = value.item(i);
    auto text = read_name(report, item);
    if (!text) return std::nullopt;
    if (text->size() > kMaxMirrorTextBytes) {
      report.add("name-too-long", *item.node, item,
                 "a text of a pair has at most " + std::to_string(kMaxMirrorTextBytes) + " bytes");
      return std::nullopt;
    }
    if (!seen.insert(*text).second) {
      report.add("duplicate-pair", *item.node, item, quote(*text) + " stands in pairs twice");
      return std::nullopt;
    }
    texts[i] = *std::move(text);
  }
  return MirrorSpec::Pair{std::move(texts[0]), std::move(texts[1])};
}

std::vector<MirrorSpec::Pair> read_pairs(Report& report, const Value& list) {
  std::vector<MirrorSpec::Pair> pairs;
  if (!check_list(report, list, "pairs")) return pairs;
  if (list.node->children.size() > kMaxMirrorPairs) {
    report.add("too-many-pairs", *list.node, list,
               "there are more than " + std::to_string(kMaxMirrorPairs) + " pairs");
    return pairs;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list.node->children.size(); ++i) {
    if (auto pair = read_pair(report, list.item(i), seen)) pairs.push_back(*std::move(pair));
  }
  return pairs;
}

MirrorSpec::Override read_override(Report& report, const Value& value) {
  MirrorSpec::Override result;
  result.controller = value.key->text;
  DictReader reader(report, value, "a controller's mirror");
  if (const Value* partner = reader.find("partner"))
    result.partner = read_seen_name(report, *partner);
  if (const Value* signs = reader.find("translation", "[-1, 1, 1]")) {
    result.translation = read_signs(report, *signs);
  }
  if (const Value* signs = reader.find("rotation", "[1, -1, -1]")) {
    result.rotation = read_rotation_signs(report, *signs);
  }
  if (const Value* signs = reader.find("attributes")) {
    result.attributes = read_attribute_signs(report, *signs);
  }
  reader.finish();
  return result;
}

Place place_of(const Value& value) { return {value.key->offset, path_of(value)}; }

}  // namespace

MirrorBlock read_mirror(Report& report, const Value& value) {
  MirrorBlock block;
  block.place = place_of(value);
  DictReader reader(report, value, "mirror");
  if (const Value* pairs = reader.require("pairs", "[[l_, r_]]")) {
    block.spec.pairs = read_pairs(report, *pairs);
  }
  if (const Value* signs = reader.require("translation", "[-1, 1, 1]")) {
    block.spec.translation = read_signs(report, *signs).value_or(Signs{1, 1, 1});
  }
  if (const Value* signs = reader.require("rotation", "[1, -1, -1]")) {
    block.spec.rotation = read_rotation_signs(report, *signs).value_or(Signs{1, 1, 1});
  }
  if (const Value* overrides = reader.find("controllers")) {
    DictReader controllers(report, *overrides, "the controllers of mirror");
    controllers.for_each_remaining([&](const Value& entry) {
      block.spec.controllers.push_back(read_override(report, entry));
      block.overrides.push_back(place_of(entry));
    });
  }
  reader.finish();
  return block;
}

}  // namespace rigjit
