// The top of a spec. Its parts are read in controllers.cc, transformations.cc and the files named
// there.
#include "spec/spec_layer.h"

#include <algorithm>
#include <unordered_set>

#include "base/default_float_env.h"
#include "spec/defaults.h"
#include "spec/dict_reader.h"
#include "spec/scalars.h"
#include "yaml/text_check.h"
#include "yaml/yaml_tree.h"

namespace rigjit {
namespace {

constexpr std::string_view kVersion = "1";

void read_version(Report& report, const Value& value) {
  const Node& node = *value.node;
  if (node.is_scalar() && node.plain && node.text == kVersion) return;
  const bool is_number = node.is_scalar() && node.plain && !node.text.empty() &&
                         node.text.find_first_not_of("0123456789") == std::string_view::npos;
  if (is_number && !node.text.starts_with('0')) {
    report.add("newer-version", node, value,
               "the spec has format version " + quote(node.text) +
                   ", this rigjit reads version 1; a newer rigjit may read it");
  } else {
    report.add("unsupported-version", node, value, "the format's version must be the number 1",
               std::string(kVersion));
  }
}

void read_metadata(Report& report, const Value& value, RigSpec& spec) {
  DictReader reader(report, value, "metadata");
  reader.for_each_remaining([&](const Value& entry) {
    if (auto text = read_text(report, entry, "a value of metadata")) {
      spec.metadata.emplace_back(entry.key->text, *std::move(text));
    }
  });
}

std::optional<Reference> read_base(Report& report, const Value& value) {
  if (!value.node->is_scalar()) {
    report.add("wrong-type", *value.node, value, "base must be the path of one file");
    return std::nullopt;
  }
  auto path = read_name(report, value);
  if (!path) return std::nullopt;
  return Reference{*std::move(path), {value.node->offset, path_of(value)}};
}

std::vector<Reference> read_drop(Report& report, const Value& list) {
  std::vector<Reference> drop;
  std::unordered_set<std::string> names;
  if (!check_list(report, list, "drop")) return drop;
  for (std::size_t i = 0; i < list.node->children.size() && !report.full(); ++i) {
    const Value item = list.item(i);
    auto name = read_seen_name(report, item);
    if (!name) continue;
    if (names.insert(*name).second) {
      drop.push_back({*std::move(name), {item.node->offset, path_of(item)}});
    } else {
      report.add("duplicate-controller", *item.node, item, quote(*name) + " is dropped twice");
    }
  }
  return drop;
}

void read_controllers_of(SpecLayer& layer, const Value& controllers,
                         const RotationOptions& defaults, SizeSoFar& size) {
  layer.spec.controllers = read_controllers(layer.report, controllers, defaults, size);
  layer.has_all_names =
      !layer.spec.controllers.empty() && !layer.report.full() &&
      std::ranges::none_of(layer.spec.controllers, &std::string::empty, &ControllerSpec::name);
}

// "rigs/hero.yaml", given as a text.
bool looks_like_path(std::string_view text) {
  constexpr std::string_view kSuffixes[] = {".yaml", ".yml", ".json"};
  const bool has_suffix = std::ranges::any_of(
      kSuffixes, [&](std::string_view suffix) { return text.ends_with(suffix); });
  return has_suffix || (text.find_first_of("/\\") != std::string_view::npos &&
                        text.find('\n') == std::string_view::npos);
}

void read_top(SpecLayer& layer, const Node& root, SizeSoFar& size) {
  Report& report = layer.report;
  const Value top{&root};
  if (root.is_scalar() && looks_like_path(root.text)) {
    report.add("wrong-type", root, top,
               "a spec must be a mapping; this looks like the path of one: load() reads files");
    return;
  }
  DictReader reader(report, top, "a spec");
  if (!reader.ok()) return;
  if (const Value* version = reader.require("rigjit", kVersion)) read_version(report, *version);
  if (const Value* name = reader.find("name")) {
    layer.spec.name = read_seen_name(report, *name).value_or(std::string());
  }
  if (const Value* metadata = reader.find("metadata", "{}")) {
    read_metadata(report, *metadata, layer.spec);
  }
  if (const Value* mirror = reader.find("mirror", "{}")) {
    layer.mirror = read_mirror(report, *mirror);
  }
  RotationOptions defaults;
  if (const Value* value = reader.find("defaults", "{}")) defaults = read_defaults(report, *value);
  const bool is_derived = reader.has("base") || reader.has("drop");
  const Value* base = is_derived ? reader.require("base", "other.yaml") : reader.find("base");
  if (base != nullptr) layer.base = read_base(report, *base);
  if (const Value* drop = reader.find("drop")) layer.drop = read_drop(report, *drop);
  layer.has_all_names = is_derived && !reader.has("controllers");
  const Value* controllers =
      is_derived ? reader.find("controllers") : reader.require("controllers");
  if (controllers != nullptr) read_controllers_of(layer, *controllers, defaults, size);
  reader.allow_prefix("x-");
  reader.finish();
}

}  // namespace

SpecLayer read_layer(std::string_view text, SizeSoFar& size) {
  const DefaultFloatEnv env;
  SpecLayer layer;
  text = without_bom(text);
  if (const auto failure = check_bytes(text)) {
    layer.report.add(*failure);
  } else if (const auto tree = read_yaml(text); !tree) {
    layer.report.add(tree.error());
  } else {
    read_top(layer, *tree->root, size);
  }
  return layer;
}

}  // namespace rigjit
