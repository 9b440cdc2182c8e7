// From a spec's mirror to the partner and the signs of every controller.
#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "plan/words.h"
#include "spec/mirror.h"
#include "spec/mirror_names.h"

namespace rigjit {
namespace {

using Override = MirrorSpec::Override;

// Something that a controller takes from the vector. Partners have parts of equal keys: those of
// enums whose names differ only by side are equal.
struct Part {
  std::string key;
  std::string text;  // for people
};

struct Describing {
  const std::vector<MirrorSpec::Pair>& pairs;
  std::vector<Part>& parts;

  void add(const std::string& text) const { parts.push_back({text, text}); }

  void axes(const char* kind, const AxesSpec& spec) const {
    for (const uint32_t axis : spec.axes) add(std::string(kind) + " of " + "xyz"[axis]);
  }
  void operator()(const TranslationSpec& spec) const { axes("translation", spec); }
  void operator()(const ScaleSpec& spec) const { axes("scale", spec); }
  void operator()(const Rotation1dSpec& spec) const {
    add(std::string("rotation1d of ") + "xyz"[spec.axis]);
  }
  void operator()(const Rotation3dSpec& spec) const {
    const bool is_euler = spec.output == RotationOutput::kEuler;
    add(std::string("rotation3d {") + (is_euler ? "rotate_order: " : "output: ") +
        (is_euler ? to_string(spec.rotate_order) : word_of(spec.output)) +
        ", rot6d: " + word_of(spec.rot6d) + "}");
  }
  void operator()(const AttributeSpec& spec) const {
    std::string options;
    if (spec.type != ChannelType::kFloat) options = std::string("type: ") + to_string(spec.type);
    if (spec.type != ChannelType::kEnum) {
      return add("attribute " + quote(spec.name) + (options.empty() ? "" : " {" + options + "}"));
    }
    options += std::string(", encoding: ") + (spec.one_hot ? "one_hot" : "index") + ", names: ";
    std::vector<std::string> mirrored;
    for (const std::string& name : spec.names) mirrored.push_back(mirrored_name(name, pairs));
    const std::string text = "attribute " + quote(spec.name) + " {" + options;
    const std::string own = listed(spec.names);
    parts.push_back({text + std::min(own, listed(mirrored)), text + own + "}"});
  }
  void operator()(const ConstantSpec&) const {}

 private:
  static std::string listed(const std::vector<std::string>& names) {
    std::string list = "[";
    for (const std::string& name : names) {
      list += (&name == &names.front() ? "" : ", ") + quote(name);
    }
    return list + "]";
  }
};

std::vector<Part> parts_of(const ControllerSpec& controller,
                           const std::vector<MirrorSpec::Pair>& pairs) {
  std::vector<Part> parts;
  for (const TransformationSpec& transformation : controller.transformations) {
    std::visit(Describing{pairs, parts}, transformation);
  }
  std::ranges::sort(parts, {}, &Part::key);
  return parts;
}

// Null if the vector gives the controller none of this name.
const AttributeSpec* find_attribute(const ControllerSpec& controller, const std::string& name) {
  for (const TransformationSpec& transformation : controller.transformations) {
    const auto* attribute = std::get_if<AttributeSpec>(&transformation);
    if (attribute != nullptr && attribute->name == name) return attribute;
  }
  return nullptr;
}

class MirrorResolver {
 public:
  MirrorResolver(const MirrorBlock& block, const RigSpec& spec, Report& report)
      : block_(block), spec_(spec), report_(report), controllers_(spec.controllers.size()) {
    for (uint32_t i = 0; i < spec.controllers.size(); ++i) {
      index_.emplace(spec.controllers[i].name, i);
    }
  }

  std::vector<MirroredController> resolve() {
    find_overrides();
    for (uint32_t i = 0; i < controllers_.size(); ++i) controllers_[i].partner = partner_of(i);
    for (uint32_t i = 0; i < controllers_.size() && !report_.full(); ++i) check_partner(i);
    if (!report_.empty()) return {};
    for (uint32_t i = 0; i < controllers_.size(); ++i) apply_signs(i);
    return std::move(controllers_);
  }

 private:
  const std::string& name(uint32_t controller) const { return spec_.controllers[controller].name; }

  void find_overrides() {
    const std::vector<Override>& overrides = block_.spec.controllers;
    for (std::size_t i = 0; i < overrides.size(); ++i) {
      const auto found = index_.find(overrides[i].controller);
      if (found == index_.end()) {
        report_.add("unknown-controller", block_.overrides[i],
                    "the rig has no controller " + quote(overrides[i].controller));
        continue;
      }
      override_of_[found->second] = i;
      for (const auto& [attribute, sign] : overrides[i].attributes) {
        check_attribute(i, spec_.controllers[found->second], attribute, sign);
      }
    }
    for (std::size_t i = 0; i < overrides.size(); ++i) {
      const auto found = index_.find(overrides[i].controller);
      if (found != index_.end() && overrides[i].partner) claim(found->second, i);
    }
  }

  void check_attribute(std::size_t override, const ControllerSpec& controller,
                       const std::string& name, int8_t sign) {
    const AttributeSpec* attribute = find_attribute(controller, name);
    if (attribute == nullptr) {
      report_.add(
          "unknown-attribute", block_.overrides[override],
          quote(controller.name) + " has no attribute " + quote(name) + " that the vector gives");
    } else if (sign < 0 &&
               (attribute->type == ChannelType::kBool || attribute->type == ChannelType::kEnum)) {
      report_.add("no-sign", block_.overrides[override],
                  "attribute " + quote(name) + " of " + quote(controller.name) + " is of type " +
                      to_string(attribute->type) + ", which has no sign");
    }
  }

  // An override's partner holds for both.
  void claim(uint32_t controller, std::size_t override) {
    const auto found = index_.find(*block_.spec.controllers[override].partner);
    if (found == index_.end()) {
      report_.add("unknown-controller", block_.overrides[override],
                  "the rig has no controller " + quote(*block_.spec.controllers[override].partner) +
                      " to be a partner");
      return;
    }
    for (const auto& [one, other] :
         {std::pair{controller, found->second}, std::pair{found->second, controller}}) {
      const auto [claimed, is_new] = claimed_.emplace(one, other);
      if (is_new || claimed->second == other) continue;
      report_.add("mirror-conflict", block_.overrides[override],
                  quote(name(one)) + " cannot have two partners, " + quote(name(other)) + " and " +
                      quote(name(claimed->second)));
    }
  }

  uint32_t partner_of(uint32_t controller) const {
    if (const auto claimed = claimed_.find(controller); claimed != claimed_.end()) {
      return claimed->second;
    }
    const auto found = index_.find(mirrored_name(name(controller), block_.spec.pairs));
    return found == index_.end() ? controller : found->second;
  }

  void check_partner(uint32_t controller) {
    const uint32_t partner = controllers_[controller].partner;
    const uint32_t back = controllers_[partner].partner;
    if (back != controller) {
      report_.add("mirror-conflict", block_.place,
                  quote(name(controller)) + " mirrors onto " + quote(name(partner)) +
                      ", which mirrors onto " + quote(name(back)) +
                      "; say its partner among the controllers of mirror");
      return;
    }
    if (partner <= controller) return;
    const std::vector<Part> parts = parts_of(spec_.controllers[controller], block_.spec.pairs);
    const std::vector<Part> others = parts_of(spec_.controllers[partner], block_.spec.pairs);
    report_lack(controller, partner, parts, others);
    report_lack(partner, controller, others, parts);
    check_overrides(controller, partner);
  }

  // The first part that only one of them has.
  void report_lack(uint32_t one, uint32_t other, const std::vector<Part>& parts,
                   const std::vector<Part>& others) {
    std::vector<Part> lacking;
    std::ranges::set_difference(parts, others, std::back_inserter(lacking), {}, &Part::key,
                                &Part::key);
    if (lacking.empty()) return;
    report_.add("mirror-mismatch", block_.place,
                "mirror partners must take the same from the vector: " + quote(name(one)) +
                    " has " + lacking.front().text + ", its partner " + quote(name(other)) +
                    " has not");
  }

  const Override* override_of(uint32_t controller) const {
    const auto found = override_of_.find(controller);
    return found == override_of_.end() ? nullptr : &block_.spec.controllers[found->second];
  }

  // What is said of one of two partners holds for both; said of both, it must be the same.
  void check_overrides(uint32_t one, uint32_t other) {
    const Override* a = override_of(one);
    const Override* b = override_of(other);
    if (a == nullptr || b == nullptr) return;
    const auto differ = [](const auto& x, const auto& y) { return x && y && *x != *y; };
    bool conflict = differ(a->translation, b->translation) || differ(a->rotation, b->rotation);
    for (const auto& [attribute, sign] : a->attributes) {
      conflict |=
          std::ranges::find(b->attributes, std::pair(attribute, static_cast<int8_t>(-sign))) !=
          b->attributes.end();
    }
    if (!conflict) return;
    report_.add(
        "mirror-conflict", block_.overrides[override_of_.at(other)],
        "the signs of " + quote(name(other)) + " are not those of its partner " + quote(name(one)));
  }

  void apply_signs(uint32_t controller) {
    MirroredController& mirrored = controllers_[controller];
    mirrored.translation = block_.spec.translation;
    mirrored.rotation = block_.spec.rotation;
    for (const Override* said : {override_of(mirrored.partner), override_of(controller)}) {
      if (said == nullptr) continue;
      if (said->translation) mirrored.translation = *said->translation;
      if (said->rotation) mirrored.rotation = *said->rotation;
      mirrored.attributes.insert(mirrored.attributes.end(), said->attributes.begin(),
                                 said->attributes.end());
    }
  }

  const MirrorBlock& block_;
  const RigSpec& spec_;
  Report& report_;
  std::vector<MirroredController> controllers_;
  std::unordered_map<std::string_view, uint32_t> index_;   // by name
  std::unordered_map<uint32_t, std::size_t> override_of_;  // by controller
  std::unordered_map<uint32_t, uint32_t> claimed_;         // partners that overrides name
};

}  // namespace

void resolve_mirror(const MirrorBlock& block, RigSpec& spec, Report& report) {
  spec.mirrored = MirrorResolver(block, spec, report).resolve();
}

}  // namespace rigjit
