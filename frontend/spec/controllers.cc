#include "spec/controllers.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "base/interrupted.h"
#include "spec/scalars.h"
#include "spec/transformations.h"

namespace rigjit {
namespace {

constexpr std::size_t kBetweenQuestions = 256;  // controllers, a few milliseconds

class ControllersReader {
 public:
  ControllersReader(Report& report, const RotationOptions& defaults, SizeSoFar& size)
      : report_(report), defaults_(defaults), size_(size) {}

  std::vector<ControllerSpec> read(const Value& list) {
    if (!check_list(report_, list, "controllers")) return {};
    std::vector<ControllerSpec> controllers;
    controllers.reserve(list.node->children.size());
    for (std::size_t i = 0; i < list.node->children.size(); ++i) {
      if (report_.full()) break;
      if (i % kBetweenQuestions == 0 && interrupted()) {
        const Error error = interrupted_error();
        report_.add(error.code, *list.node, list, error.message);
        break;
      }
      controllers.push_back(read_controller(list.item(i)));
      if (!check_size(list, list.item(i), controllers.back())) break;
    }
    return controllers;
  }

 private:
  // Aliases stand for what was written before them, so that they reach no further.
  static SpecSpan span_of(const Node& node) {
    const auto last = [](const auto& self, const Node& inner) -> uint32_t {
      uint32_t end = inner.offset;
      for (const Node* child : inner.children) {
        if (child->offset >= inner.offset) end = std::max(end, self(self, *child));
      }
      return end;
    };
    return {0, node.offset, last(last, node)};
  }

  ControllerSpec read_controller(const Value& value) {
    ControllerSpec controller;
    controller.span = span_of(*value.node);
    DictReader reader(report_, value, "a controller");
    if (const Value* name = reader.require("name")) read_name_once(*name, controller);
    if (const Value* list = reader.require("transformations")) {
      read_transformations(*list, controller);
    }
    reader.finish();
    return controller;
  }

  void read_name_once(const Value& value, ControllerSpec& controller) {
    const auto name = read_seen_name(report_, value);
    if (!name) return;
    controller.name = *name;
    if (!names_.insert(value.node->text).second) {
      report_.add("duplicate-controller", *value.node, value,
                  "an earlier controller is called " + quote(*name) + " too");
    }
  }

  void read_transformations(const Value& list, ControllerSpec& controller) {
    if (!check_list(report_, list, "transformations")) return;
    written_.clear();
    attributes_.clear();
    const TransformationContext context{report_, defaults_, written_};
    for (std::size_t i = 0; i < list.node->children.size(); ++i) {
      if (report_.full()) return;
      const std::size_t before = written_.size();
      const Value item = list.item(i);
      if (auto transformation = read_transformation(context, item)) {
        controller.transformations.push_back(*std::move(transformation));
        controller.transformation_spans.push_back(span_of(*item.node));
      }
      check_attributes(before, item);
    }
  }

  // Those that the last transformation writes, from index `begin`.
  void check_attributes(std::size_t begin, const Value& transformation) {
    for (std::size_t i = begin; i < written_.size(); ++i) {
      if (attributes_.insert(written_[i].name).second) continue;
      report_.add("duplicate-attribute", *written_[i].at, transformation,
                  "the controller already has the attribute " + quote(written_[i].name));
      break;
    }
  }

  // Upper bounds of what the rig's message takes.
  bool check_size(const Value& list, const Value& item, const ControllerSpec& controller) {
    constexpr uint64_t kMaxHeaderBytes = 5;
    size_.message_bytes += controller.name.size() + 2 * kMaxHeaderBytes;
    for (const WrittenAttribute& attribute : written_) {
      size_.channels += 1 + attribute.names;
      size_.message_bytes += attribute.name.size() + kMaxHeaderBytes + sizeof(float) + 1;
      // Names of enums are in no message, but take room too, with one_hot once more as inputs.
      size_.message_bytes += attribute.names * attribute.name.size() + attribute.names_bytes;
    }
    if (size_.channels > kMaxChannels) {
      report_.add("too-many-channels", *item.node, list,
                  "a rig has at most " + std::to_string(kMaxChannels) + " attributes");
    } else if (size_.message_bytes > kMaxMessageBytes) {
      report_.add("message-too-large", *item.node, list, "a rig's message has at most 256 MB");
    } else {
      return true;
    }
    return false;
  }

  Report& report_;
  const RotationOptions& defaults_;
  SizeSoFar& size_;
  std::unordered_set<std::string_view> names_;  // of controllers; views into the tree
  std::vector<WrittenAttribute> written_;       // by the controller being read
  std::unordered_set<std::string> attributes_;  // of the controller being read
};

}  // namespace

std::vector<ControllerSpec> read_controllers(Report& report, const Value& value,
                                             const RotationOptions& defaults, SizeSoFar& size) {
  return ControllersReader(report, defaults, size).read(value);
}

bool check_list(Report& report, const Value& value, const std::string& what) {
  const Node& node = *value.node;
  if (!node.is_sequence()) {
    report.add("wrong-type", node, value, what + " must be a list");
    return false;
  }
  if (node.children.empty()) report.add("empty-list", node, value, what + " must not be empty");
  return !node.children.empty();
}

}  // namespace rigjit
