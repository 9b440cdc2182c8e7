#include "plan/message_pieces.h"

#include <algorithm>

#include "base/printable.h"
#include "plan/words.h"

namespace rigjit {
namespace {

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return printable(text) + '"';
}

// MessagePack's map headers hold 15, 65,535 or more entries.
uint32_t map_header_size(uint32_t entries) { return entries < 16 ? 1 : entries < 65536 ? 3 : 5; }

class Pieces {
 public:
  Pieces(const Plan& plan, const MessageLayout& layout)
      : plan_(plan), layout_(layout), constants_(plan.channel_count(), nullptr) {
    for (const Operation& operation : plan.operations()) {
      if (const auto* constant = std::get_if<Constant>(&operation)) {
        constants_[constant->channel] = constant;
      }
    }
  }

  std::vector<MessagePiece> run() {
    add(Kind::kHeader, layout_.controllers.front().name_begin, "{");
    for (uint32_t i = 0; i < plan_.controllers().size(); ++i) add_controller(i);
    return std::move(pieces_);
  }

 private:
  using Kind = MessagePiece::Kind;

  // From the end of the piece before to `end`.
  void add(Kind kind, uint32_t end, std::string text, uint32_t controller = MessagePiece::kNone,
           uint32_t channel = MessagePiece::kNone) {
    pieces_.push_back({kind, at_, end - at_, controller, channel, std::move(text)});
    at_ = end;
  }

  void add_controller(uint32_t index) {
    const PlanController& controller = plan_.controllers()[index];
    const ControllerSpan& span = layout_.controllers[index];
    add(Kind::kName, span.body_begin, quoted(controller.name) + ": ", index);
    add(Kind::kHeader, at_ + map_header_size(controller.channel_count), "{", index);
    const uint32_t end = controller.first_channel + controller.channel_count;
    for (uint32_t channel = controller.first_channel; channel < end; ++channel) {
      // A number of four bytes follows one that tells its type.
      const uint32_t value = layout_.slots[channel] - (layout_.widths[channel] == 4 ? 1 : 0);
      add(Kind::kKey, value, quoted(plan_.attributes()[channel]) + ": ", index, channel);
      const bool is_last = channel + 1 == end;
      const bool is_very_last = is_last && index + 1 == plan_.controllers().size();
      add(constants_[channel] != nullptr ? Kind::kConstant : Kind::kValue,
          layout_.slot_end(channel),
          text_of_value(channel) + (is_very_last ? "}}"
                                    : is_last    ? "}, "
                                                 : ", "),
          index, channel);
    }
  }

  [[nodiscard]] std::string text_of_value(uint32_t channel) const {
    if (const Constant* constant = constants_[channel]) return digits(constant->value);
    switch (plan_.types()[channel]) {
      case ChannelType::kFloat:
        return "<f32>";
      case ChannelType::kBool:
        return "<bool>";
      default:
        return layout_.widths[channel] == 1 ? "<u8>" : "<i32>";
    }
  }

  const Plan& plan_;
  const MessageLayout& layout_;
  std::vector<const Constant*> constants_;  // one a channel; null for others
  std::vector<MessagePiece> pieces_;
  uint32_t at_ = 0;
};

}  // namespace

std::vector<MessagePiece> message_pieces(const Plan& plan, const MessageLayout& layout) {
  return Pieces(plan, layout).run();
}

std::string text_of_bytes(std::span<const MessagePiece> pieces, uint32_t begin, uint32_t end) {
  auto piece = std::ranges::lower_bound(pieces, begin, {}, &MessagePiece::offset);
  std::string text = piece == pieces.end() || piece->offset > begin ? "…" : "";
  for (; piece != pieces.end() && piece->offset < end; ++piece) text += piece->text;
  return text;
}

}  // namespace rigjit
