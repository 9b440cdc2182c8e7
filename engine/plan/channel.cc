#include "rigjit/channel.h"

namespace rigjit {

const char* to_string(ChannelType type) noexcept {
  switch (type) {
    case ChannelType::kFloat:
      return "float";
    case ChannelType::kBool:
      return "bool";
    case ChannelType::kInt:
      return "int";
    case ChannelType::kEnum:
      return "enum";
  }
  return "";
}

const char* to_string(TransformationKind kind) noexcept {
  switch (kind) {
    case TransformationKind::kTranslation:
      return "translation";
    case TransformationKind::kRotation3d:
      return "rotation3d";
    case TransformationKind::kRotation1d:
      return "rotation1d";
    case TransformationKind::kScale:
      return "scale";
    case TransformationKind::kAttribute:
      return "attribute";
    case TransformationKind::kConstant:
      return "constant";
  }
  return "";
}

const char* to_string(RotateOrder order) noexcept {
  switch (order) {
    case RotateOrder::kXYZ:
      return "xyz";
    case RotateOrder::kYZX:
      return "yzx";
    case RotateOrder::kZXY:
      return "zxy";
    case RotateOrder::kXZY:
      return "xzy";
    case RotateOrder::kYXZ:
      return "yxz";
    case RotateOrder::kZYX:
      return "zyx";
  }
  return "";
}

const char* to_string(AngleUnit unit) noexcept {
  return unit == AngleUnit::kDegrees ? "degrees" : "radians";
}

}  // namespace rigjit
