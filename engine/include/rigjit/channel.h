// The names of what goes into a rig's vector and what comes out of it.
#pragma once

#include <cstdint>
#include <string>

#include "rigjit/export.h"

namespace rigjit {

// One output value. Channels follow the order of the spec; constants are channels too.
struct Channel {
  std::string controller;
  std::string attribute;  // as Maya names it: translateX, rotateX, scaleX, quaternionW, or an
                          // attribute's own name
};

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
