// What a rig means: inputs, channels and the operations between them. No byte offset, no vector
// width, no target. Immutable and free of loops: one operation for each affine value, angle,
// rotation and constant, in the order of the channels.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/checksum.h"
#include "rigjit/channel.h"
#include "rigjit/result.h"

namespace rigjit {

// Values are part of the canonical bytes: never renumber.
enum class Rot6dLayout : uint8_t { kColumns = 0, kRows = 1, kInterleaved = 2 };
enum class RotationOutput : uint8_t { kEuler = 0, kQuaternion = 1 };
// What becomes of a value beyond its limits: it is set to the limit, or the vector is refused.
enum class LimitRule : uint8_t { kClamp = 0, kError = 1 };

// Of one channel, in its unit. Comparisons keep the sign of zero: a value is replaced only if it
// lies outside.
struct Limits {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();
  LimitRule rule = LimitRule::kClamp;

  [[nodiscard]] bool any() const { return std::isfinite(min) || std::isfinite(max); }
  [[nodiscard]] bool can_fail() const { return rule == LimitRule::kError && any(); }
};

// Whole numbers of larger magnitude have no float32 of their own.
inline constexpr float kLargestInt = 16777216;  // 2^24

// number = fma(vec[input], scale, center) in float32 with one rounding. By type:
// float: the number, then the limits;
// bool: 1 if the number is at least 0.5, else 0;
// int, enum: the number rounded half to even, never -0, then the limits, which are whole and at
// most kLargestInt, an enum's 0 and the last index of its names.
struct Affine {
  uint32_t input;
  uint32_t channel;
  float scale;
  float center;
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();
  LimitRule rule = LimitRule::kClamp;
  ChannelType type = ChannelType::kFloat;

  [[nodiscard]] Limits limits() const { return {min, max, rule}; }
};

// channel = the index, from 0, of the largest of vec[input] to vec[input + count - 1]; the first of
// several that are equal. Infinities are numbers like others; NaN is an error.
struct OneHot {
  uint32_t input;
  uint32_t channel;
  uint32_t count;
};

// channel = atan2(sin, cos); sin is vec[input] and cos vec[input + 1], or the other way round.
struct Angle {
  uint32_t input;
  uint32_t channel;
  bool cos_first = false;
  AngleUnit unit = AngleUnit::kDegrees;
  Limits limits = {};
};

// Six inputs to three Euler angles rotateX, rotateY, rotateZ (channels in this order whatever the
// rotate order), or four of a unit quaternion W, X, Y, Z with w >= 0.
struct Rotation {
  uint32_t input;
  uint32_t channel;
  RotateOrder order = RotateOrder::kXYZ;
  Rot6dLayout layout = Rot6dLayout::kColumns;
  AngleUnit unit = AngleUnit::kDegrees;
  RotationOutput output = RotationOutput::kEuler;
  std::array<Limits, 3> limits = {};  // of rotateX, rotateY, rotateZ; none of a quaternion

  [[nodiscard]] uint32_t channel_count() const { return output == RotationOutput::kEuler ? 3 : 4; }
};

struct Constant {
  uint32_t channel;
  float value;
};

using Operation = std::variant<Affine, Angle, Rotation, Constant, OneHot>;

// The first channel that an operation writes.
[[nodiscard]] inline uint32_t channel_of(const Operation& operation) {
  return std::visit([](const auto& o) { return o.channel; }, operation);
}

// How many channels an operation writes.
[[nodiscard]] uint32_t channel_count_of(const Operation& operation);

// Those of an operation's channel; none where it has none, as a bool and a quaternion.
[[nodiscard]] Limits limits_of(const Operation& operation, uint32_t channel);

// The least and the greatest number of a bool, int or enum; infinite for what has other values.
[[nodiscard]] Limits whole_limits(const Operation& operation);

// What an angle means that no operation says it of: one of a rotation1d, or an attribute that is
// called rotateX. It changes no conversion, and so not the rig hash.
struct AngleFacts {
  RotateOrder order;
  AngleUnit unit;
};

struct PlanController {
  std::string name;  // with the namespace, as the scene has it
  uint32_t first_channel;
  uint32_t channel_count;
};

// What the mirror image of a pose is: each controller's values go to its partner, times a sign a
// channel. Controllers are partners of each other or their own, and partners have the same inputs:
// the same operations (of a rotation also order, layout and output) under the same attributes.
struct PlanMirror {
  std::vector<uint32_t> partners;  // one a controller: an index of controllers()
  // One a channel, 1 or -1, equal for partners; those of one rotation's x, y and z multiply to 1.
  std::vector<int8_t> signs;
};

class Plan {
 public:
  // Constant after construction. Channels of one controller are contiguous.
  [[nodiscard]] const std::vector<PlanController>& controllers() const { return controllers_; }
  // What the rig was loaded into, "hero" or "shot:hero"; empty for none.
  [[nodiscard]] const std::string& name_space() const { return name_space_; }
  [[nodiscard]] const std::vector<std::string>& attributes() const {
    return attributes_;
  }  // one a channel
  [[nodiscard]] const std::vector<ChannelType>& types() const { return types_; }  // one a channel
  // Of an enum, by index; empty for other channels.
  [[nodiscard]] const std::vector<std::string>& enum_names(uint32_t channel) const;
  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }
  [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }
  [[nodiscard]] uint32_t input_count() const { return static_cast<uint32_t>(inputs_.size()); }
  [[nodiscard]] uint32_t channel_count() const { return static_cast<uint32_t>(attributes_.size()); }
  // Changes no conversion, and so not the rig hash. None: the spec says nothing of it.
  [[nodiscard]] const std::optional<PlanMirror>& mirror() const { return mirror_; }
  [[nodiscard]] std::vector<Channel> channels() const;
  // The index of the controller that holds a channel; O(log controllers).
  [[nodiscard]] uint32_t controller_of(uint32_t channel) const;

 private:
  friend class PlanBuilder;
  std::string name_space_;
  std::vector<PlanController> controllers_;
  std::vector<std::string> attributes_;
  std::vector<ChannelType> types_;
  std::map<uint32_t, std::vector<std::string>> enum_names_;
  std::map<uint32_t, AngleFacts> angles_;  // by channel
  std::vector<Input> inputs_;
  std::vector<Operation> operations_;
  std::optional<PlanMirror> mirror_;
};

// Appends in the order of the output. Names and numbers must have been checked by the caller
// (non-empty controllers, unique names, finite coefficients, whole limits of an int): the builder
// asserts. An int without limits gets -kLargestInt and kLargestInt.
// axis: 0, 1, 2 for x, y, z.
class PlanBuilder {
 public:
  // name_space: that every controller's name is put into (plan/name_space.h).
  explicit PlanBuilder(std::string name_space = {});
  void begin_controller(std::string_view plain_name);
  void translation(uint32_t axis, float scale, float center, const Limits& limits = {});
  void scale(uint32_t axis, float scale, float center, const Limits& limits = {});
  void rotation1d(uint32_t axis, bool cos_first, AngleUnit unit, const Limits& limits = {});
  void rotation3d(RotateOrder order, Rot6dLayout layout, AngleUnit unit, RotationOutput output,
                  const std::array<Limits, 3>& limits = {});
  void attribute(std::string name, float scale, float center, float min, float max,
                 LimitRule rule = LimitRule::kClamp);
  void bool_attribute(std::string name, float scale, float center);
  void int_attribute(std::string name, float scale, float center, Limits limits);
  // `names`: at least one; the channel's value is an index among them.
  void enum_attribute(std::string name, std::vector<std::string> names, float scale, float center,
                      LimitRule rule);
  void one_hot_attribute(std::string name, std::vector<std::string> names);
  void constant(std::string name, float value);
  // What the channel that was added last means.
  void angle(RotateOrder order, AngleUnit unit);
  void mirror(PlanMirror mirror);
  // As built so far.
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] Plan build() &&;

 private:
  void affine(TransformationKind transformation, std::string attribute, std::string component,
              float scale, float center, const Limits& limits,
              ChannelType type = ChannelType::kFloat);
  uint32_t add_channel(std::string attribute, ChannelType type = ChannelType::kFloat);
  void add_input(TransformationKind kind, std::string component);
  Plan plan_;
};

// The bytes that the rig hash covers; the layout is documented in engine/plan/canonical.md.
[[nodiscard]] std::vector<uint8_t> canonical_bytes(const Plan& plan);

// XXH3-128 of canonical_bytes: equal on every platform and in every release.
[[nodiscard]] Hash128 rig_hash(const Plan& plan);

// One line an operation, for people and for golden tests.
[[nodiscard]] std::string to_string(const Plan& plan);

// The input that gives a value, before the limits; finite whatever the coefficients.
[[nodiscard]] float input_for(const Affine& op, double value);

// A neutral pose as a vector: zero translation, identity rotation, unit scale; attributes zero.
// Values are clamped to what the transformation can express: (target - center) / scale; where
// limits refuse them, the nearest that they allow. Rotations are the identity whatever their
// limits.
[[nodiscard]] std::vector<float> rest_vec(const Plan& plan);

}  // namespace rigjit
