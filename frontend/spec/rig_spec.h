// A spec as it was written, checked and with its defaults filled in: what the YAML says, before
// it is lowered to a Plan.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "plan/plan.h"
#include "rigjit/channel.h"

namespace rigjit {

// Of one channel or, in the same order, of several; infinite where there is none.
struct LimitsSpec {
  std::vector<float> min;
  std::vector<float> max;
  LimitRule rule = LimitRule::kClamp;
};

// Axes are 0, 1, 2 for x, y, z, in the order written; scales, centers and limits follow them and
// are finite in float32, scales not zero.
struct AxesSpec {
  std::vector<uint32_t> axes;
  std::vector<float> scale;
  std::vector<float> center;
  LimitsSpec limits = {};
};
struct TranslationSpec : AxesSpec {};
struct ScaleSpec : AxesSpec {};
struct Rotation1dSpec {
  uint32_t axis;
  bool cos_first;
  AngleUnit angle_unit;
  LimitsSpec limits = {};                        // one
  RotateOrder rotate_order = RotateOrder::kXYZ;  // that of `defaults`
};
struct Rotation3dSpec {
  RotateOrder rotate_order;
  Rot6dLayout rot6d;
  AngleUnit angle_unit;
  RotationOutput output;
  LimitsSpec limits = {};  // of rotateX, rotateY, rotateZ; empty for a quaternion
};
struct AttributeSpec {
  std::string name;
  float scale = 1;
  float center = 0;
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();
  LimitRule rule = LimitRule::kClamp;
  ChannelType type = ChannelType::kFloat;
  std::vector<std::string> names = {};  // of an enum, by index
  bool one_hot = false;
  // Of one called rotateX, rotateY or rotateZ, which is an angle: those of `defaults`.
  RotateOrder rotate_order = RotateOrder::kXYZ;
  AngleUnit angle_unit = AngleUnit::kDegrees;
};
struct ConstantSpec {
  std::string name;
  float value;
  // As of an attribute.
  RotateOrder rotate_order = RotateOrder::kXYZ;
  AngleUnit angle_unit = AngleUnit::kDegrees;
};
using TransformationSpec = std::variant<TranslationSpec, ScaleSpec, Rotation1dSpec, Rotation3dSpec,
                                        AttributeSpec, ConstantSpec>;

// Bytes [begin, end] of a spec's file from where a value begins to where the last one in it begins.
struct SpecSpan {
  uint32_t file = 0;  // 0: the spec, 1: its base ...
  uint32_t begin = 0;
  uint32_t end = 0;
};

// Whether an attribute of this name is an angle: rotateX, rotateY, rotateZ.
[[nodiscard]] inline bool is_angle(std::string_view attribute) {
  return attribute == "rotateX" || attribute == "rotateY" || attribute == "rotateZ";
}

struct ControllerSpec {
  std::string name;
  std::vector<TransformationSpec> transformations;
  SpecSpan span = {};
  std::vector<SpecSpan> transformation_spans = {};  // one a transformation
};

// What the mirror image of a pose is, as written. Signs are 1 or -1; those of three axes are in the
// order x, y, z.
struct MirrorSpec {
  using Signs = std::array<int8_t, 3>;
  using AttributeSigns = std::vector<std::pair<std::string, int8_t>>;
  using Pair = std::pair<std::string, std::string>;  // "l_", "r_"
  // What differs for a controller and its partner.
  struct Override {
    std::string controller;
    std::optional<std::string> partner;
    std::optional<Signs> translation;
    std::optional<Signs> rotation;
    AttributeSigns attributes;
  };

  std::vector<Pair> pairs;
  Signs translation;
  Signs rotation;  // multiply to 1, here and in overrides
  std::vector<Override> controllers;
};

// What it means for one controller.
struct MirroredController {
  uint32_t partner;  // index of the controller that takes its pose; its own if it has no partner
  MirrorSpec::Signs translation;
  MirrorSpec::Signs rotation;
  MirrorSpec::AttributeSigns attributes;  // of others the sign is 1
};

struct RigSpec {
  std::string name;
  std::vector<std::pair<std::string, std::string>> metadata;  // in the order of the file, as text
  std::vector<ControllerSpec> controllers;
  std::optional<MirrorSpec> mirror;
  std::vector<MirroredController> mirrored;  // one a controller; empty without a mirror
};

}  // namespace rigjit
