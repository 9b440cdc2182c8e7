// Text to RigSpec: the top of a spec. Its parts are read in controllers.cc, transformations.cc and
// the files named there.

#include "controllers.h"
#include "defaults.h"
#include "dict_reader.h"
#include "plan/default_float_env.h"
#include "report.h"
#include "rigjit/rig_spec.h"
#include "scalars.h"
#include "text_check.h"
#include "yaml_tree.h"

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

RigSpec read_spec(Report& report, const Node& root) {
  RigSpec spec;
  const Value top{&root};
  DictReader reader(report, top, "a spec");
  if (!reader.ok()) return spec;
  if (const Value* version = reader.require("rigjit", kVersion)) read_version(report, *version);
  if (const Value* name = reader.find("name")) {
    spec.name = read_name(report, *name).value_or(std::string());
  }
  if (const Value* metadata = reader.find("metadata", "{}")) read_metadata(report, *metadata, spec);
  RotationOptions defaults;
  if (const Value* value = reader.find("defaults", "{}")) defaults = read_defaults(report, *value);
  if (const Value* controllers = reader.require("controllers")) {
    spec.controllers = read_controllers(report, *controllers, defaults);
  }
  reader.allow_prefix("x-");
  reader.finish();
  return spec;
}

}  // namespace

Result<RigSpec> parse(std::string_view text, const std::string& file) {
  const DefaultFloatEnv env;
  Report report;
  text = without_bom(text);
  if (const auto failure = check_bytes(text)) {
    report.add(*failure);
    return report.errors(text, file);
  }
  const auto tree = read_yaml(text);
  if (!tree) {
    report.add(tree.error());
    return report.errors(text, file);
  }
  RigSpec spec = read_spec(report, *tree->root);
  if (!report.empty()) return report.errors(text, file);
  return spec;
}

}  // namespace rigjit
