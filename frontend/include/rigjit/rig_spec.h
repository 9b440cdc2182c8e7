// A spec as it was written, checked and with its defaults filled in: what the YAML says, before
// it is lowered to a Plan.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rigjit/channel.h"
#include "rigjit/export.h"
#include "rigjit/result.h"

namespace rigjit {

// Of one channel or, in the same order, of several; infinite where there is none.
struct LimitsSpec {
  std::vector<float> min;
  std::vector<float> max;
  bool refuse = false;  // `limit: error`; else values are clamped
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
  bool radians;
  LimitsSpec limits = {};  // one
};
struct Rotation3dSpec {
  std::string rotate_order;  // "xyz"
  std::string rot6d;         // "columns", "rows", "interleaved"
  bool radians;
  bool quaternion;
  LimitsSpec limits = {};  // of rotateX, rotateY, rotateZ; empty for a quaternion
};
struct AttributeSpec {
  std::string name;
  float scale = 1;
  float center = 0;
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();
  bool refuse = false;
  ChannelKind type = ChannelKind::kFloat;
  std::vector<std::string> names = {};  // of an enum, by index
  bool one_hot = false;
};
struct ConstantSpec {
  std::string name;
  float value;
};
using TransformationSpec = std::variant<TranslationSpec, ScaleSpec, Rotation1dSpec, Rotation3dSpec,
                                        AttributeSpec, ConstantSpec>;

struct ControllerSpec {
  std::string name;
  std::vector<TransformationSpec> transformations;
};

struct RigSpec {
  std::string name;
  std::vector<std::pair<std::string, std::string>> metadata;  // in the order of the file, as text
  std::vector<ControllerSpec> controllers;
};

// With its bases, which are read from their files. Every mistake at once, those of `text` before
// those of its base, each with code, file, line, column and path. `base_dir`: the directory that a
// relative `base` of the text starts from; without one such a base is an error.
[[nodiscard]] RIGJIT_EXPORT Result<RigSpec> parse(std::string_view text, const std::string& file,
                                                  const std::optional<std::string>& base_dir = {});

}  // namespace rigjit
