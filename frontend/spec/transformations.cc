#include "spec/transformations.h"

#include <algorithm>
#include <array>

#include "base/suggest.h"

namespace rigjit {
namespace {

using Reader = OptionalTransformation (*)(const TransformationContext&, const Value&);

constexpr std::array<std::string_view, 6> kKinds{"translation", "rotation3d", "rotation1d",
                                                 "scale",       "attribute",  "constant"};
constexpr std::array<Reader, 6> kReaders{read_translation, read_rotation3d,
                                         read_rotation1d,  read_scale_transformation,
                                         read_attribute,   read_constant};

Reader find_kind(std::string_view name) {
  const auto found = std::find(kKinds.begin(), kKinds.end(), name);
  return found == kKinds.end() ? nullptr
                               : kReaders[static_cast<std::size_t>(found - kKinds.begin())];
}

// `- rotation3d`, which YAML reads as a text.
void report_bare(Report& report, const Value& value) {
  const Node& node = *value.node;
  if (node.is_scalar() && find_kind(node.text) != nullptr) {
    report.add("wrong-type", node, value, "a transformation must be a mapping",
               std::string(node.text) + ": {}");
  } else {
    report.add("wrong-type", node, value,
               "a transformation must be a mapping of its kind to its options");
  }
}

// False if there is no use in looking at the keys one by one; merge keys and duplicates are
// reported when they are. Where options are indented no deeper than their kind, YAML has them as
// more keys.
bool check_key_count(Report& report, const Value& value) {
  const auto& children = value.node->children;
  if (!value.node->is_map() || children.size() <= 2) return true;
  bool all_kinds = true;
  for (std::size_t i = 0; i < children.size(); i += 2) {
    const Node& key = *children[i];
    if (!key.is_scalar() || (key.plain && key.text == "<<")) return true;
    if (i > 0 && key.text == children[0]->text) return true;
    all_kinds &= find_kind(key.text) != nullptr;
  }
  report.add("several-keys", *children[2], value,
             children[1]->is_null() && !all_kinds
                 ? "a transformation has one key, its kind; indent its options deeper than that"
                 : "a transformation has one key, its kind; write a list item for each");
  return all_kinds;
}

}  // namespace

OptionalTransformation read_transformation(const TransformationContext& context,
                                           const Value& value) {
  Report& report = context.report;
  const Node& node = *value.node;
  if (!node.is_map() && !node.is_null()) {
    report_bare(report, value);
    return std::nullopt;
  }
  if (!check_key_count(report, value)) return std::nullopt;
  DictReader reader(report, value, "a transformation");
  if (node.is_map() && node.children.empty()) {
    report.add("missing-key", node, value, "a transformation needs a kind: " + list_of(kKinds));
  }
  OptionalTransformation transformation;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    const Value* found = reader.find(kKinds[i], "{}");
    if (found == nullptr) continue;
    Value options = *found;
    options.silent = true;
    transformation = kReaders[i](context, options);
  }
  reader.finish();
  return transformation;
}

std::string axis_attribute(const char* prefix, std::size_t axis) {
  return std::string(prefix) + "XYZ"[axis];
}

}  // namespace rigjit
