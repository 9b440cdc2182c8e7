#include "poses/pose_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/make_error.h"
#include "base/printable.h"
#include "plan/words.h"
#include "reference/reference_vector.h"

namespace rigjit {
namespace {

// Names of a pose are as many as its writer likes; those of the rig are bounded by the rig.
constexpr std::size_t kExtraNamed = 20;
// Nor is there a bound to how long they are.
constexpr std::size_t kNameBytes = 100;

// Of an enum's names, in every error about one of its values.
constexpr std::size_t kEnumNamed = 20;

// What has_channel_ and has_controller_ hold once a second one was refused: however often a pose
// repeats a name, that is one error.
constexpr uint8_t kRefused = 2;

std::string first_names(const std::vector<std::string>& names) {
  if (names.size() <= kEnumNamed) return list_of_names(names);
  return list_of_names({names.begin(), names.begin() + kEnumNamed}) + " and " +
         std::to_string(names.size() - kEnumNamed) + " more";
}

}  // namespace

PoseValues::PoseValues(const PoseForm& form, const PoseOptions& options)
    : form_(form), options_(options) {
  reset();
}

void PoseValues::reset() {
  values_ = form_.rest_values();
  has_channel_.assign(form_.channel_count(), 0);
  has_controller_.assign(form_.controller_count(), 0);
  found_ = 0;
  controller_ = channel_ = kNone;
  next_controller_ = next_channel_ = end_channel_ = 0;
  extra_.clear();
  extra_count_ = 0;
  errors_.clear();
}

void PoseValues::fail(const char* code, std::string message, std::string path) {
  errors_.push_back(make_error(code, std::move(message)));
  errors_.back().path = std::move(path);
}

void PoseValues::extra(std::string_view controller, std::string_view attribute, bool is_bytes) {
  ++extra_count_;
  if (extra_.size() == kExtraNamed) return;
  extra_.push_back({std::string(controller), std::string(attribute), is_bytes});
}

void PoseValues::begin_controller(std::string_view name) {
  channel_ = kNone;
  next_channel_ = end_channel_ = 0;
  controller_ = form_.find_controller(name, next_controller_).value_or(kNone);
  if (controller_ == kNone) {
    extra(name);
    return;
  }
  next_controller_ = controller_ + 1;
  if (has_controller_[controller_] != 0) {
    if (std::exchange(has_controller_[controller_], kRefused) != kRefused) {
      fail("duplicate-controller", "the pose has controller '" + printable(name) + "' twice",
           controller_path(name));
    }
    controller_ = kNone;
    return;
  }
  has_controller_[controller_] = 1;
  next_channel_ = form_.controller(controller_).first_channel;
  end_channel_ = next_channel_ + form_.controller(controller_).channel_count;
}

void PoseValues::other_controller(std::string_view name, std::string_view type) {
  begin_controller(name);
  if (controller_ == kNone) return;
  fail(
      "wrong-type",
      "controller '" + printable(name) + "' must hold {attribute: value}, not " + std::string(type),
      controller_path(name));
  // None of its channels is missing besides.
  const PlanController& controller = form_.controller(controller_);
  std::fill_n(has_channel_.begin() + controller.first_channel, controller.channel_count, 1);
  controller_ = kNone;
  next_channel_ = end_channel_ = 0;
}

void PoseValues::attribute_in_other_order(std::string_view name) {
  channel_ = kNone;
  if (controller_ == kNone) return;
  if (const auto found = form_.find_channel(controller_, name)) return accept(*found);
  extra(form_.controller(controller_).name, name);
}

void PoseValues::refuse_second(uint32_t channel) {
  if (std::exchange(has_channel_[channel], kRefused) == kRefused) return;
  fail("duplicate-channel", "the pose has " + form_.name_of(channel) + " twice",
       form_.path_of(channel));
}

void PoseValues::unnamed_key(std::string_view bytes) {
  channel_ = kNone;
  extra(controller_ == kNone ? std::string_view() : form_.controller(controller_).name, bytes,
        true);
}

void PoseValues::refuse(double value) {
  const std::string name = form_.name_of(channel_);
  if (std::isfinite(value)) {
    fail("overflow", name + ": the value is too large for a float32", form_.path_of(channel_));
  } else {
    const char* text = std::isnan(value) ? "NaN" : value < 0 ? "-Inf" : "Inf";
    fail("not-finite", name + ": the value is " + text, form_.path_of(channel_));
  }
}

void PoseValues::check_whole(double value) {
  const ChannelType type = form_.type(channel_);
  if (const auto fault = whole_fault(type, form_.whole_limits(channel_), value)) {
    fail(fault->code, form_.name_of(channel_) + ": " + fault->what, form_.path_of(channel_));
  }
}

void PoseValues::boolean(bool value, std::string_view type) {
  if (channel_ == kNone) return;
  if (form_.type(channel_) != ChannelType::kBool) return other(type);
  values_[channel_] = value ? 1.0f : 0.0f;
}

void PoseValues::text(std::string_view value, std::string_view type) {
  if (channel_ == kNone) return;
  if (form_.type(channel_) != ChannelType::kEnum) return other(type);
  if (const auto index = form_.find_name(channel_, value)) {
    values_[channel_] = static_cast<float>(*index);
    return;
  }
  fail("unknown-name",
       form_.name_of(channel_) + ": '" + printable(value) + "' is no name of the enum; those are " +
           first_names(form_.enum_names(channel_)),
       form_.path_of(channel_));
}

void PoseValues::other(std::string_view type) {
  if (channel_ == kNone) return;
  constexpr std::array<const char*, 4> kWanted = {"a number", "a bool", "a whole number",
                                                  "a name or its index"};
  fail("wrong-type",
       form_.name_of(channel_) + ": the value must be " +
           kWanted[static_cast<std::size_t>(form_.type(channel_))] + ", not " + std::string(type),
       form_.path_of(channel_));
}

std::string PoseValues::extra_names(std::size_t count) const {
  std::string names;
  const std::size_t named = std::min(count, extra_.size());
  for (std::size_t i = 0; i < named; ++i) {
    const ForeignName& name = extra_[i];
    // Of a key that is no text: its bytes, or nothing.
    std::string text = name.is_bytes || !name.attribute.empty() ? name.attribute : name.controller;
    if (!name.is_bytes && !name.attribute.empty()) text = name.controller + "." + text;
    text = printable(shortened(std::move(text), kNameBytes));
    names += (names.empty() ? "" : ", ");
    names += !name.is_bytes ? text : text.empty() ? "a key that is no text" : "b'" + text + "'";
  }
  if (extra_count_ > named) names += " and " + std::to_string(extra_count_ - named) + " more";
  return names;
}

std::string PoseValues::about_extra() const {
  if (extra_count_ == 0) return {};
  // An error of its own names all of them.
  std::string text = refuses_extra() ? "" : "; the rig lacks what the pose has: " + extra_names(5);
  const std::string hint = hint_at(extra_, form_);
  return hint.empty() ? text : text + "; " + hint;
}

Error PoseValues::missing_error() const {
  std::string message;
  const char* code = "missing-channels";
  if (options_.missing == PoseOptions::Missing::kRest) {
    // What is empty says nothing that could be wrong.
    if (found_ > 0 || extra_count_ == 0 || !errors_.empty()) return {};
    code = "nothing-matches";
    message = "the pose has no channel of the rig's";
  } else {
    std::string names;
    std::size_t count = 0;
    for (uint32_t channel = 0; channel < form_.channel_count(); ++channel) {
      if (has_channel_[channel] != 0 || form_.is_constant(channel)) continue;
      names += (names.empty() ? "" : ", ") + form_.name_of(channel);
      ++count;
    }
    if (count == 0) return {};
    message = "the pose lacks " + std::to_string(count) +
              (count == 1 ? " channel: " : " channels: ") + names;
  }
  Error error = make_error(code, message + about_extra());
  error.path = "pose";
  return error;
}

Status PoseValues::finish() {
  if (found_ < form_.channel_count()) {
    if (Error error = missing_error(); !error.code.empty()) errors_.push_back(std::move(error));
  }
  if (extra_count_ > 0 && refuses_extra()) {
    fail("extra-channels", "the rig lacks what the pose has: " + extra_names(kExtraNamed), "pose");
  }
  if (!errors_.empty()) return std::move(errors_);
  return Done{};
}

}  // namespace rigjit
