// The names of what goes into a rig's vector and what comes out of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rigjit/export.h"

namespace rigjit {

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
  std::optional<RotateOrder> rotate_order = {};              // of the three angles of a rotation3d
  std::optional<AngleUnit> angle_unit = {};  // of the angles of a rotation3d or rotation1d
};

// One element of the vector.
struct Input {
  std::string controller;
  TransformationKind transformation;
  // translation, scale: x y z; rotation1d: sin cos; attribute: its name;
  // rotation3d: a1x a1y a1z a2x a2y a2z, where a1 and a2 are the two columns (or rows) that the
  // vector holds.
  std::string component;
};

}  // namespace rigjit
