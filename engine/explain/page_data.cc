#include "explain/page_data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include "base/json_string.h"
#include "json/json_text.h"
#include "plan/layout.h"
#include "plan/message_pieces.h"
#include "plan/words.h"

namespace rigjit {
namespace {

// Names by index of the enumerators that the script tells apart.
constexpr const char* kPieces[] = {"header", "name", "key", "constant", "value"};

// JSON, written forwards: commas are put where the value before needs one.
class Json {
 public:
  Json& open(char bracket) {
    separate();
    text_ += bracket;
    return *this;
  }
  Json& close(char bracket) {
    text_ += bracket;
    return *this;
  }
  Json& key(const char* name) {
    string(name);
    text_ += ':';
    return *this;
  }
  Json& string(std::string_view value) {
    separate();
    std::string quoted;
    append_json_string(quoted, value);
    for (const char c : quoted) {
      if (c == '<') {
        text_ += "\\u003c";  // no `</script>`, no `<!--`
      } else {
        text_ += c;
      }
    }
    return *this;
  }
  Json& number(uint64_t value) { return raw(std::to_string(value)); }
  // What JSON has no number for: null.
  Json& number(double value) {
    if (!std::isfinite(value)) return raw("null");
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return raw({buffer.data(), end});
  }
  Json& boolean(bool value) { return raw(value ? "true" : "false"); }
  Json& raw(std::string_view value) {
    separate();
    text_ += value;
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void separate() {
    if (text_.empty()) return;
    const char last = text_.back();
    if (last != '[' && last != '{' && last != ':') text_ += ',';
  }
  std::string text_;
};

class Page {
 public:
  explicit Page(const PageContent& content) : content_(content), plan_(content.plan) {}

  Result<std::string> write() {
    const Result<MessageLayout> layout = message_layout(plan_);
    if (!layout) return layout.errors();
    json_.open('{');
    json_.key("name").string(content_.rig.name());
    json_.key("hash").string(content_.rig.hash());
    json_.key("target").string(content_.target.name);
    json_.key("has_fma").boolean(content_.target.has_fma);
    files();
    controllers();
    channels();
    inputs();
    operations();
    lines("ir", content_.code.ir);
    lines("assembly", content_.code.assembly);
    concerns();
    message(*layout);
    numbers("rest", content_.rig.rest_vec().data(), plan_.input_count());
    vectors();
    profile();
    json_.close('}');
    return json_.take();
  }

 private:
  void files() {
    json_.key("files").open('[');
    for (const SpecFile& file : content_.rig.spec_files()) {
      json_.open('{').key("name").string(file.name).key("text").string(file.text).close('}');
    }
    json_.close(']');
  }

  void lines_of(const SpecLines& lines) {
    json_.key("lines").open('[');
    json_.number(uint64_t{lines.file}).number(uint64_t{lines.first}).number(uint64_t{lines.last});
    json_.close(']');
  }

  void controllers() {
    json_.key("controllers").open('[');
    for (size_t i = 0; i < plan_.controllers().size(); ++i) {
      const PlanController& controller = plan_.controllers()[i];
      json_.open('{').key("name").string(controller.name);
      json_.key("first").number(uint64_t{controller.first_channel});
      json_.key("count").number(uint64_t{controller.channel_count});
      if (content_.source != nullptr) lines_of(content_.source->controllers[i]);
      json_.close('}');
    }
    json_.close(']');
  }

  void channels() {
    json_.key("channels").open('[');
    for (uint32_t i = 0; i < plan_.channel_count(); ++i) {
      json_.open('{').key("name").string(plan_.attributes()[i]);
      json_.key("type").string(to_string(plan_.types()[i]));
      if (plan_.types()[i] == ChannelType::kEnum) {
        json_.key("names").open('[');
        for (const std::string& name : plan_.enum_names(i)) json_.string(name);
        json_.close(']');
      }
      if (content_.source != nullptr) lines_of(content_.source->channels[i]);
      json_.close('}');
    }
    json_.close(']');
  }

  void inputs() {
    json_.key("inputs").open('[');
    for (const Input& input : plan_.inputs()) {
      json_.open('[').string(input.controller).string(to_string(input.transformation));
      json_.string(input.component).close(']');
    }
    json_.close(']');
  }

  // As the evaluator reads them, each with its line of the plan's text.
  void operations() {
    std::istringstream text(to_string(plan_));
    std::string line;
    json_.key("operations").open('[');
    for (const Operation& operation : plan_.operations()) {
      std::getline(text, line);
      json_.open('{').key("text").string(line);
      json_.key("channel").number(uint64_t{channel_of(operation)});
      json_.key("channels").number(uint64_t{channel_count_of(operation)});
      std::visit([&](const auto& op) { add(op); }, operation);
      json_.close('}');
    }
    json_.close(']');
  }

  void kind(const char* name, uint32_t input, uint32_t count) {
    json_.key("kind").string(name);
    json_.key("input").number(uint64_t{input}).key("inputs").number(uint64_t{count});
  }

  // Infinite limits as numbers that no float32 is beyond.
  void limits(const Limits& limits) {
    if (!limits.any()) {
      json_.raw("null");
      return;
    }
    const auto bound = [](float limit) {
      return std::isfinite(limit) ? double{limit} : std::copysign(1e300, limit);
    };
    json_.open('{').key("min").number(bound(limits.min)).key("max").number(bound(limits.max));
    json_.key("rule").string(word_of(limits.rule)).close('}');
  }

  void add(const Affine& op) {
    kind("affine", op.input, 1);
    json_.key("scale").number(double{op.scale}).key("center").number(double{op.center});
    json_.key("type").string(to_string(op.type)).key("limits");
    limits(op.limits());
  }
  void add(const Angle& op) {
    kind("angle", op.input, 2);
    json_.key("cos_first").boolean(op.cos_first);
    json_.key("degrees").boolean(op.unit == AngleUnit::kDegrees).key("limits");
    limits(op.limits);
  }
  void add(const Rotation& op) {
    kind("rotation", op.input, 6);
    json_.key("order").number(static_cast<uint64_t>(op.order));
    json_.key("layout").number(static_cast<uint64_t>(op.layout));
    json_.key("degrees").boolean(op.unit == AngleUnit::kDegrees);
    json_.key("output").string(word_of(op.output));
    const bool any = std::ranges::any_of(op.limits, [](const Limits& axis) { return axis.any(); });
    if (!any) return;
    json_.key("limits").open('[');
    for (const Limits& of_axis : op.limits) limits(of_axis);
    json_.close(']');
  }
  void add(const Constant& op) {
    kind("constant", 0, 0);
    json_.key("value").number(double{op.value});
  }
  void add(const OneHot& op) {
    kind("one_hot", op.input, op.count);
    json_.key("count").number(uint64_t{op.count});
  }

  // Each line with the index of its channels in "concerns": many have the same, and those that all
  // rotations share have as many as there are rotations.
  void lines(const char* name, const std::vector<CodeListing::Line>& lines) {
    json_.key(name).open('[');
    for (const CodeListing::Line& line : lines) {
      const auto index = concerns_.try_emplace(line.channels, concerns_.size()).first->second;
      json_.open('[').string(line.text).number(uint64_t{index}).close(']');
    }
    json_.close(']');
  }

  void concerns() {
    std::vector<const Channels*> in_order(concerns_.size());
    for (const auto& [channels, index] : concerns_) in_order[index] = &channels;
    json_.key("concerns").open('[');
    for (const Channels* channels : in_order) {
      json_.open('[');
      for (const auto& [first, last] : *channels) {
        json_.open('[').number(uint64_t{first}).number(uint64_t{last}).close(']');
      }
      json_.close(']');
    }
    json_.close(']');
  }

  void message(const MessageLayout& layout) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string hex;
    for (const uint8_t byte : layout.bytes) hex += {kDigits[byte >> 4], kDigits[byte & 15]};
    json_.key("message").string(hex);
    json_.key("slots").open('[');
    for (uint32_t i = 0; i < plan_.channel_count(); ++i) {
      json_.open('{').key("at").number(uint64_t{layout.slots[i]});
      json_.key("width").number(uint64_t{layout.widths[i]}).key("channel").number(uint64_t{i});
      json_.key("type").string(to_string(plan_.types()[i])).close('}');
    }
    json_.close(']').key("pieces").open('[');
    const auto index = [&](uint32_t i) {
      if (i == MessagePiece::kNone) {
        json_.raw("-1");
      } else {
        json_.number(uint64_t{i});
      }
    };
    for (const MessagePiece& piece : message_pieces(plan_, layout)) {
      json_.open('[').string(kPieces[static_cast<size_t>(piece.kind)]);
      json_.number(uint64_t{piece.offset}).number(uint64_t{piece.size});
      index(piece.controller);
      index(piece.channel);
      json_.string(piece.text).close(']');
    }
    json_.close(']');
  }

  void numbers(const char* name, const float* values, size_t count) {
    json_.key(name);
    numbers(values, count);
  }
  void numbers(const float* values, size_t count) {
    json_.open('[');
    for (size_t i = 0; i < count; ++i) json_.number(double{values[i]});
    json_.close(']');
  }

  // Some of them where they are many: the page is to stay small.
  void vectors() {
    constexpr size_t kMostNumbers = 100'000;
    const size_t size = std::max<size_t>(plan_.input_count(), 1);
    const size_t count = std::min(content_.options.count, std::max<size_t>(kMostNumbers / size, 1));
    json_.key("vectors").open('[');
    for (size_t i = 0; i < count && content_.options.vectors != nullptr; ++i) {
      numbers(content_.options.vectors + i * size, size);
    }
    json_.close(']');
  }

  void profile() {
    const CallProfile* profile = content_.options.profile;
    if (profile == nullptr) return;
    json_.key("profile").open('{').key("call_ns").number(profile->call_ns);
    json_.key("parts").open('[');
    for (const PartTime& part : profile->parts) {
      json_.open('{').key("path").open('[');
      for (const std::string& step : part.path) json_.string(step);
      json_.close(']').key("what").string(part.what);
      json_.key("kind").string(part.path.size() > 1 ? part.path[1] : "");
      json_.key("ns").number(part.ns).key("channels").open('[');
      for (const auto& [first, last] : part.channels) {
        json_.open('[').number(uint64_t{first}).number(uint64_t{last}).close(']');
      }
      json_.close(']').close('}');
    }
    json_.close(']').close('}');
  }

  using Channels = std::vector<std::pair<uint32_t, uint32_t>>;

  const PageContent& content_;
  const Plan& plan_;
  std::map<Channels, size_t> concerns_;
  Json json_;
};

}  // namespace

Result<std::string> page_data(const PageContent& content) { return Page(content).write(); }

}  // namespace rigjit
