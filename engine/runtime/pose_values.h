// Values of a pose as they are read, name by name, from whatever holds them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rigjit/pose.h"
#include "runtime/pose_form.h"

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
  void attribute(std::string_view name);
  // A key that is no text, in place of a controller's name or an attribute's.
  void unnamed_key();
  void number(double value);
  void other(std::string_view type);

  // Fails with every mistake that was made: "wrong-type", "not-finite", "overflow",
  // "duplicate-controller", "duplicate-channel", "missing-channels", "extra-channels".
  [[nodiscard]] Status finish();
  // One a channel, once finish() has succeeded; constants and what is missing hold the rest pose.
  [[nodiscard]] float* values() noexcept { return values_.data(); }
  [[nodiscard]] const PoseForm& form() const noexcept { return form_; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  void fail(const char* code, std::string message, std::string path);
  void extra(std::string name);
  [[nodiscard]] Error missing_error() const;

  const PoseForm& form_;
  const PoseOptions options_;
  std::vector<float> values_;
  std::vector<uint8_t> has_channel_, has_controller_;
  uint32_t found_ = 0;  // channels
  uint32_t controller_ = kNone, channel_ = kNone;
  uint32_t next_controller_ = 0, next_channel_ = 0;  // what is expected, if the rig's order is kept
  std::vector<std::string> extra_;                   // names of the first few
  std::size_t extra_count_ = 0;
  Errors errors_;
};

}  // namespace rigjit
