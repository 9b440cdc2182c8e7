// The names of what goes into a rig's vector and what comes out of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rigjit/export.h"

namespace rigjit {

// What a channel's values are. As float32 (vec_to_values) a bool is 0 or 1, an enum the index of
// its name; a MessagePack message holds a float32, a bool and integers. Values are part of the
// canonical bytes and of cache files: never renumber.
enum class ChannelType : uint8_t { kFloat = 0, kBool = 1, kInt = 2, kEnum = 3 };

// The spec's word for the type: "float", "bool", "int", "enum".
[[nodiscard]] RIGJIT_EXPORT const char* to_string(ChannelType type) noexcept;

enum class TransformationKind : uint8_t {
  kTranslation,
  kRotation3d,
  kRotation1d,
  kScale,
  kAttribute,
  kConstant
};

// The spec's word for the kind: "rotation3d".
[[nodiscard]] RIGJIT_EXPORT const char* to_string(TransformationKind kind) noexcept;

// Values are part of a plan's canonical bytes: never renumber. Letters in the order of application,
// as Maya's rotateOrder: kXYZ turns about x first, M = Rz·Ry·Rx for column vectors.
enum class RotateOrder : uint8_t { kXYZ = 0, kYZX = 1, kZXY = 2, kXZY = 3, kYXZ = 4, kZYX = 5 };
enum class AngleUnit : uint8_t { kDegrees = 0, kRadians = 1 };

// The spec's words: "zxy", "degrees".
[[nodiscard]] RIGJIT_EXPORT const char* to_string(RotateOrder order) noexcept;
[[nodiscard]] RIGJIT_EXPORT const char* to_string(AngleUnit unit) noexcept;

// One output value. Channels follow the order of the spec; constants are channels too.
struct Channel {
  std::string controller;
  std::string attribute;  // as Maya names it: translateX, rotateX, scaleX, quaternionW, or an
                          // attribute's own name
  TransformationKind kind = TransformationKind::kAttribute;  // what it comes from
  // Of every angle: of a rotation3d or rotation1d, and of what is called rotateX, rotateY, rotateZ.
  std::optional<RotateOrder> rotate_order = {};
  std::optional<AngleUnit> angle_unit = {};
  ChannelType type = ChannelType::kFloat;
  std::vector<std::string> names = {};  // of an enum, by index; empty for other types
};

// One element of the vector.
struct Input {
  std::string controller;
  TransformationKind transformation;
  // translation, scale: x y z; rotation1d: sin cos; attribute: its name, and for an enum encoded
  // one_hot "space.world" with the name of each value;
  // rotation3d: a1x a1y a1z a2x a2y a2z, where a1 and a2 are the two columns (or rows) that the
  // vector holds.
  std::string component;
};

}  // namespace rigjit
