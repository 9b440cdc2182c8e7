// Values of a pose as they are read, name by name, from whatever holds them.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/short_text.h"
#include "poses/pose_form.h"
#include "poses/pose_hints.h"
#include "rigjit/pose.h"

namespace rigjit {

// Mistakes are kept until finish(). Names need to live no longer than the call that takes them.
class PoseValues {
 public:
  PoseValues(const PoseForm& form, const PoseOptions& options);

  // Begins another pose.
  void reset();

  void begin_controller(std::string_view name);
  // A controller whose value holds no attributes.
  void other_controller(std::string_view name, std::string_view type);
  // The next value is this attribute's, of the controller that began last.
  void attribute(std::string_view name) {
    if (next_channel_ < end_channel_ && is_same(form_.attribute(next_channel_), name)) [[likely]] {
      accept(next_channel_);
    } else {
      attribute_in_other_order(name);
    }
  }
  // The attribute that comes next where the pose keeps the rig's order; empty if there is none, or
  // if it is not plain (PoseForm::plain_attribute).
  [[nodiscard]] std::string_view expected_plain_attribute() const noexcept {
    return next_channel_ < end_channel_ ? form_.plain_attribute(next_channel_) : std::string_view();
  }
  // attribute() of the one that is expected.
  void expected_attribute() { accept(next_channel_); }
  // A key that is no text, in place of a controller's name or an attribute's; `bytes`: what one of
  // bytes holds.
  void unnamed_key(std::string_view bytes = {});
  void number(double value) {
    if (channel_ == kNone) return;
    const auto narrow = static_cast<float>(value);
    values_[channel_] = narrow;
    if (form_.type(channel_) != ChannelType::kFloat) {
      check_whole(value);
    } else if (!std::isfinite(narrow)) [[unlikely]] {
      refuse(value);
    }
  }
  // `type`: what the pose's form calls it, for errors.
  void boolean(bool value, std::string_view type = "bool");
  void text(std::string_view value, std::string_view type);
  void other(std::string_view type);

  // Fails with every mistake that was made: "wrong-type", "not-finite", "overflow",
  // "not-whole", "out-of-limits", "unknown-name", "duplicate-controller", "duplicate-channel",
  // "missing-channels", "nothing-matches", "extra-channels".
  [[nodiscard]] Status finish();
  // One a channel, once finish() has succeeded; constants and what is missing hold the rest pose.
  [[nodiscard]] float* values() noexcept { return values_.data(); }
  [[nodiscard]] const PoseForm& form() const noexcept { return form_; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  [[nodiscard]] static bool is_same(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && same_bytes(a.data(), b.data(), a.size());
  }

  void accept(uint32_t channel) {
    channel_ = kNone;
    next_channel_ = channel + 1;
    if (has_channel_[channel] != 0) [[unlikely]]
      return refuse_second(channel);
    has_channel_[channel] = 1;
    ++found_;
    if (!form_.is_constant(channel)) channel_ = channel;
  }
  void attribute_in_other_order(std::string_view name);
  void refuse(double value);
  void check_whole(double value);
  void refuse_second(uint32_t channel);
  void fail(const char* code, std::string message, std::string path);
  void extra(std::string_view controller, std::string_view attribute = {}, bool is_bytes = false);
  [[nodiscard]] bool refuses_extra() const { return options_.extra == PoseOptions::Extra::kError; }
  // Of missing channels, or of a pose that has none of the rig's; its code is empty for none.
  [[nodiscard]] Error missing_error() const;
  // The first few of extra_.
  [[nodiscard]] std::string extra_names(std::size_t count) const;
  // "; the pose has ...", and what keeps these names from being the rig's.
  [[nodiscard]] std::string about_extra() const;

  const PoseForm& form_;
  const PoseOptions options_;
  std::vector<float> values_;
  std::vector<uint8_t> has_channel_, has_controller_;
  uint32_t found_ = 0;  // channels
  uint32_t controller_ = kNone, channel_ = kNone;
  uint32_t next_controller_ = 0;                 // what is expected, if the rig's order is kept
  uint32_t next_channel_ = 0, end_channel_ = 0;  // the same, within a controller
  std::vector<ForeignName> extra_;               // the first few
  std::size_t extra_count_ = 0;
  Errors errors_;
};

}  // namespace rigjit
