#include "poses/pose_hints.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/printable.h"

namespace rigjit {
namespace {

// A name that is near one of the rig's is about as long.
std::string quoted(std::string_view name) { return "'" + printable(name) + "'"; }

// A name in a scene: "|grp|hero:ctrl" is the node "ctrl" in the namespace "hero".
struct SceneName {
  std::string_view name_space;
  std::string_view node;
  bool is_path;
};

SceneName split(std::string_view name) {
  const std::size_t bar = name.rfind('|');
  if (bar != std::string_view::npos) name.remove_prefix(bar + 1);
  const std::size_t colon = name.rfind(':');
  const bool has_one = colon != std::string_view::npos;
  return {has_one ? name.substr(0, colon) : std::string_view(),
          has_one ? name.substr(colon + 1) : name, bar != std::string_view::npos};
}

// What people overlook: capitals, and spaces at the ends.
std::string folded(std::string_view name) {
  const std::size_t begin = name.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  name = name.substr(begin, name.find_last_not_of(' ') + 1 - begin);
  std::string text(name);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// The next code point, which is removed; what is no UTF-8 is taken byte by byte.
uint32_t next_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  const std::size_t size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (size > text.size()) {
    text.remove_prefix(1);
    return first;
  }
  uint32_t point = size == 1 ? first : first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) point = point << 6 | (byte(i) & 0x3fu);
  text.remove_prefix(size);
  return point;
}

// What Unicode's composed forms join to the letter before: combining marks, the voicing marks of
// kana, and the vowels and finals of Hangul.
bool is_mark(uint32_t point) {
  return (point >= 0x300 && point <= 0x36f) || point == 0x3099 || point == 0x309a ||
         (point >= 0x1160 && point <= 0x11ff);
}

struct Skeleton {
  std::string ascii;  // its letters that bear no mark and are no composed ones
  std::size_t letters = 0;
  std::size_t marks = 0;
};

Skeleton skeleton_of(std::string_view name) {
  Skeleton found;
  bool ends_plain = false;  // whether the last letter is in found.ascii
  while (!name.empty()) {
    const uint32_t point = next_code_point(name);
    if (is_mark(point)) {
      ++found.marks;
      if (ends_plain) found.ascii.pop_back();
      ends_plain = false;
      continue;
    }
    ++found.letters;
    ends_plain = point < 0x80;
    if (ends_plain) found.ascii += static_cast<char>(point);
  }
  return found;
}

std::string namespace_hint(const SceneName& in_pose, std::string_view in_rig) {
  const std::string_view own = split(in_rig).name_space;
  if (in_pose.name_space == own) return {};
  if (in_pose.name_space.empty()) {
    return "its names lack the rig's namespace " + quoted(own) +
           ": load the rig without a namespace, or add it";
  }
  return "its names have the namespace " + quoted(in_pose.name_space) + ", the rig's have " +
         (own.empty() ? "none" : quoted(own)) +
         ": load the rig with that namespace, or take it off";
}

class Names {
 public:
  explicit Names(const PoseForm& form) : form_(form) {
    for (uint32_t i = 0; i < form.controller_count(); ++i) {
      const std::string& name = form.controller(i).name;
      nodes_.emplace(split(name).node, i);
      folded_.emplace(folded(name), i);
    }
  }

  [[nodiscard]] std::string hint_at(const ForeignName& name) const {
    if (name.is_bytes) return bytes_hint(name);
    if (!name.attribute.empty()) return attribute_hint(name);
    if (std::string hint = flat_hint(name.controller); !hint.empty()) return hint;
    return controller_hint(name.controller);
  }

 private:
  [[nodiscard]] std::string bytes_hint(const ForeignName& name) const {
    if (name.attribute.empty()) return {};
    const auto controller = form_.find_controller(name.controller, 0);
    const bool is_attribute = controller && form_.find_channel(*controller, name.attribute);
    // A key behind a controller's attributes may be of the next controller.
    if (!is_attribute && !find_node(name.attribute)) return {};
    return "its keys are bytes, not text: decode them, or write them as text";
  }

  [[nodiscard]] std::string attribute_hint(const ForeignName& name) const {
    const auto controller = form_.find_controller(name.controller, 0);
    if (!controller) return {};
    const PlanController& found = form_.controller(*controller);
    for (uint32_t i = 0; i < found.channel_count; ++i) {
      const std::string_view other = form_.attribute(found.first_channel + i);
      if (differ_in_composition(name.attribute, other)) return composition_hint(name.attribute);
      if (folded(name.attribute) == folded(other)) return near(name.attribute, other);
    }
    return {};
  }

  // "root.translateX"
  [[nodiscard]] std::string flat_hint(std::string_view name) const {
    for (std::size_t place = name.find_first_of("./"); place != std::string_view::npos;
         place = name.find_first_of("./", place + 1)) {
      const auto controller = find_node(name.substr(0, place));
      if (controller && form_.find_channel(*controller, name.substr(place + 1))) {
        return "its keys are flat, as " + quoted(name) +
               " is: a pose is {controller: {attribute: value}}";
      }
    }
    return {};
  }

  [[nodiscard]] std::string controller_hint(std::string_view name) const {
    if (const auto node = find_node(name)) {
      const SceneName in_pose = split(name);
      const std::string& own = form_.controller(*node).name;
      std::string hint = namespace_hint(in_pose, own);
      return hint.empty() ? near(name, own) : hint;
    }
    if (const auto found = folded_.find(folded(name)); found != folded_.end()) {
      return near(name, form_.controller(found->second).name);
    }
    for (uint32_t i = 0; i < form_.controller_count(); ++i) {
      const std::string& own = form_.controller(i).name;
      if (differ_in_composition(split(name).node, split(own).node)) return composition_hint(name);
    }
    return {};
  }

  [[nodiscard]] std::optional<uint32_t> find_node(std::string_view name) const {
    const auto found = nodes_.find(split(name).node);
    return found == nodes_.end() ? std::nullopt : std::optional(found->second);
  }

  static std::string near(std::string_view name, std::string_view own) {
    return quoted(name) + " is near the rig's " + quoted(own);
  }

  static std::string composition_hint(std::string_view name) {
    return "its " + quoted(name) +
           " is composed otherwise than the rig's: give both the same Unicode form, NFC or NFD "
           "(unicodedata.normalize)";
  }

  const PoseForm& form_;
  std::unordered_map<std::string_view, uint32_t> nodes_;
  std::unordered_map<std::string, uint32_t> folded_;
};

}  // namespace

bool differ_in_composition(std::string_view a, std::string_view b) {
  if (a == b) return false;
  const Skeleton one = skeleton_of(a);
  const Skeleton other = skeleton_of(b);
  return one.marks != other.marks && one.letters == other.letters && one.ascii == other.ascii;
}

std::string hint_at(std::span<const ForeignName> names, const PoseForm& form) {
  const Names all(form);
  for (const ForeignName& name : names) {
    if (std::string hint = all.hint_at(name); !hint.empty()) return hint;
  }
  return {};
}

}  // namespace rigjit
