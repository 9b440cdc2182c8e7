#include "rigjit/channel.h"

namespace rigjit {

const char* to_string(ChannelKind kind) noexcept {
  switch (kind) {
    case ChannelKind::kFloat:
      return "float";
    case ChannelKind::kBool:
      return "bool";
    case ChannelKind::kInt:
      return "int";
    case ChannelKind::kEnum:
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

}  // namespace rigjit
