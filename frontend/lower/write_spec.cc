#include "lower/write_spec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

#include "base/default_float_env.h"
#include "base/utf8.h"
#include "plan/words.h"

namespace rigjit {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Words that YAML 1.1 or 1.2 reads as something else than text, in lower case.
constexpr std::array<std::string_view, 10> kWords{"y",   "n",    "yes",   "no",   "on",
                                                  "off", "true", "false", "null", "nan"};

bool is_special_word(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::ranges::find(kWords, lower) != kWords.end();
}

// Whether every reader takes the text for text without quotes.
bool is_plain(std::string_view text) {
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, allowed) &&
         !is_special_word(text);
}

// Controls, line separators, byte order marks and the like: not printable in YAML.
bool needs_escape(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
         code == 0xFEFF || code == 0xFFFE || code == 0xFFFF;
}

std::string scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view character = text.substr(i, utf8_length(text.substr(i)));
    const uint32_t code = code_point(character);
    i += character.size();
    if (needs_escape(code)) {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04X", static_cast<unsigned>(code));
      quoted += escape;
    } else {
      if (code == '"' || code == '\\') quoted += '\\';
      quoted += character;
    }
  }
  return quoted + '"';
}

// YAML allows no more than 1,024 characters before the colon of a key that is not marked as one.
std::string key_of(std::string_view text) {
  constexpr std::size_t kMaxBytes = 1000;
  const std::string key = scalar(text);
  return key.size() <= kMaxBytes ? key : "? " + key + "\n  ";
}

// The shortest digits that read back as the same float. YAML 1.1 wants a point before an exponent.
std::string number(float value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string digits(buffer.data(), end);
  const std::size_t exponent = digits.find('e');
  if (exponent != std::string::npos && digits.find('.') == std::string::npos) {
    digits.insert(exponent, ".0");
  }
  return digits;
}

// Zeros of different signs are different.
bool is(float value, float other) {
  return std::bit_cast<uint32_t>(value) == std::bit_cast<uint32_t>(other);
}

// "translation: {axes: xyz, scale: 25}", option by option.
class Options {
 public:
  explicit Options(const char* kind) : text_(std::string(kind) + ": {") {}

  Options& add(const char* key, const std::string& value) {
    if (!text_.ends_with('{')) text_ += ", ";
    text_ += std::string(key) + ": " + value;
    return *this;
  }
  // Unless it is what holds without it.
  Options& add(const char* key, const std::string& value, std::string_view otherwise) {
    return value == otherwise ? *this : add(key, value);
  }
  Options& add(const char* key, float value, float otherwise) {
    return is(value, otherwise) ? *this : add(key, number(value));
  }
  Options& add(const char* key, const std::vector<float>& values, float otherwise) {
    if (values.empty()) return *this;
    const auto is_first = [&](float value) { return is(value, values.front()); };
    if (std::ranges::all_of(values, is_first)) return add(key, values.front(), otherwise);
    std::string list;
    for (const float value : values) {
      list += (list.empty() ? "[" : ", ") + (std::isinf(value) ? "none" : number(value));
    }
    return add(key, list + "]");
  }
  Options& add(const LimitsSpec& limits) {
    add("min", limits.min, -INFINITY).add("max", limits.max, INFINITY);
    return add("limit", word_of(limits.rule), "clamp");
  }
  [[nodiscard]] std::string take() { return std::move(text_) + "}"; }

 private:
  std::string text_;
};

std::string axes_options(const char* kind, const AxesSpec& spec) {
  std::string axes;
  for (const uint32_t axis : spec.axes) axes += "xyz"[axis];
  return Options(kind)
      .add("axes", axes)
      .add("scale", spec.scale, 1)
      .add("center", spec.center, 0)
      .add(spec.limits)
      .take();
}

// The `defaults` of the whole spec: what angles mean that cannot say it themselves, where all of
// them agree; else the format's own. The order of a controller's only angle does not matter.
class AngleDefaults {
 public:
  explicit AngleDefaults(const RigSpec& spec) {
    for (const ControllerSpec& controller : spec.controllers) {
      orders_.clear();
      for (const TransformationSpec& transformation : controller.transformations) {
        std::visit([this](const auto& one) { (*this)(one); }, transformation);
      }
      if (orders_.size() < 2) continue;
      for (const RotateOrder order : orders_) agree(rotate_order_, order, RotateOrder::kXYZ);
    }
  }

  [[nodiscard]] RotateOrder rotate_order() const {
    return rotate_order_.value_or(RotateOrder::kXYZ);
  }
  [[nodiscard]] AngleUnit angle_unit() const { return angle_unit_.value_or(AngleUnit::kDegrees); }

  void operator()(const Rotation1dSpec& spec) { orders_.push_back(spec.rotate_order); }
  void operator()(const AttributeSpec& spec) { named(spec); }
  void operator()(const ConstantSpec& spec) { named(spec); }
  template <typename Spec>
  void operator()(const Spec& /*spec*/) {}

 private:
  template <typename Spec>
  void named(const Spec& spec) {
    if (!is_angle(spec.name)) return;
    orders_.push_back(spec.rotate_order);
    agree(angle_unit_, spec.angle_unit, AngleUnit::kDegrees);
  }
  template <typename T>
  static void agree(std::optional<T>& known, const T& found, const T& otherwise) {
    known = known.value_or(found) == found ? found : otherwise;
  }

  std::optional<RotateOrder> rotate_order_;
  std::optional<AngleUnit> angle_unit_;
  std::vector<RotateOrder> orders_;  // of one controller
};

// One overload for each kind of transformation.
struct Writing {
  RotateOrder rotate_order;  // of `defaults`
  AngleUnit angle_unit;      // likewise

  std::string operator()(const TranslationSpec& spec) const {
    return axes_options("translation", spec);
  }
  std::string operator()(const ScaleSpec& spec) const { return axes_options("scale", spec); }
  std::string operator()(const Rotation1dSpec& spec) const {
    return Options("rotation1d")
        .add("axis", std::string(1, "xyz"[spec.axis]))
        .add("order", spec.cos_first ? "cos_sin" : "sin_cos", "sin_cos")
        .add("angle_unit", to_string(spec.angle_unit), to_string(angle_unit))
        .add(spec.limits)
        .take();
  }
  std::string operator()(const Rotation3dSpec& spec) const {
    return Options("rotation3d")
        .add("rotate_order", to_string(spec.rotate_order), to_string(rotate_order))
        .add("rot6d", word_of(spec.rot6d), "columns")
        .add("angle_unit", to_string(spec.angle_unit), to_string(angle_unit))
        .add("output", word_of(spec.output), "euler")
        .add(spec.limits)
        .take();
  }
  std::string operator()(const AttributeSpec& spec) const {
    const AttributeSpec plain;
    std::string names;
    for (const std::string& name : spec.names) names += (names.empty() ? "[" : ", ") + scalar(name);
    return Options("attribute")
        .add("name", scalar(spec.name))
        .add("type", to_string(spec.type), "float")
        .add("names", names + "]", "]")
        .add("encoding", spec.one_hot ? "one_hot" : "index", "index")
        .add("scale", spec.scale, plain.scale)
        .add("center", spec.center, plain.center)
        .add("min", spec.min, plain.min)
        .add("max", spec.max, plain.max)
        .add("limit", word_of(spec.rule), "clamp")
        .take();
  }
  std::string operator()(const ConstantSpec& spec) const {
    return Options("constant")
        .add("name", scalar(spec.name))
        .add("value", number(spec.value))
        .take();
  }
};

std::string signs(const MirrorSpec::Signs& signs) {
  std::string list = "[";
  for (const int8_t sign : signs) list += (list == "[" ? "" : ", ") + std::to_string(sign);
  return list + "]";
}

std::string write_mirror(const MirrorSpec& mirror) {
  std::string text = "mirror:\n  pairs:\n";
  for (const auto& [left, right] : mirror.pairs) {
    text += "    - [" + scalar(left) + ", " + scalar(right) + "]\n";
  }
  text += "  translation: " + signs(mirror.translation) + "\n";
  text += "  rotation: " + signs(mirror.rotation) + "\n";
  if (!mirror.controllers.empty()) text += "  controllers:\n";
  for (const MirrorSpec::Override& said : mirror.controllers) {
    // Marked as a key: a name may be too long for one that is not.
    text += "    ? " + scalar(said.controller) + "\n    :\n";
    if (said.partner) text += "      partner: " + scalar(*said.partner) + "\n";
    if (said.translation) text += "      translation: " + signs(*said.translation) + "\n";
    if (said.rotation) text += "      rotation: " + signs(*said.rotation) + "\n";
    if (!said.attributes.empty()) text += "      attributes:\n";
    for (const auto& [attribute, sign] : said.attributes) {
      text += "        ? " + scalar(attribute) + "\n        : " + std::to_string(sign) + "\n";
    }
    if (text.ends_with(":\n")) text.insert(text.size() - 1, " {}");
  }
  return text;
}

}  // namespace

std::string write_spec(const RigSpec& spec) {
  const DefaultFloatEnv env;
  std::string text = "rigjit: 1\n";
  if (!spec.name.empty()) text += "name: " + scalar(spec.name) + "\n";
  if (!spec.metadata.empty()) text += "metadata:\n";
  for (const auto& [key, value] : spec.metadata) {
    text += "  " + key_of(key) + ": " + scalar(value) + "\n";
  }
  const AngleDefaults defaults(spec);
  const Writing writing{defaults.rotate_order(), defaults.angle_unit()};
  const std::string said = Options("defaults")
                               .add("rotate_order", to_string(writing.rotate_order), "xyz")
                               .add("angle_unit", to_string(writing.angle_unit), "degrees")
                               .take();
  if (said != "defaults: {}") text += said + "\n";
  if (spec.mirror) text += write_mirror(*spec.mirror);
  text += "controllers:\n";
  for (const ControllerSpec& controller : spec.controllers) {
    text += "  - name: " + scalar(controller.name) + "\n    transformations:\n";
    for (const TransformationSpec& transformation : controller.transformations) {
      text += "      - " + std::visit(writing, transformation) + "\n";
    }
  }
  return text;
}

}  // namespace rigjit
