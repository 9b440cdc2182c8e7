// One item of a controller's transformations.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "spec/defaults.h"
#include "spec/report.h"
#include "spec/rig_spec.h"
#include "spec/value.h"

namespace rigjit {

// An attribute that a transformation writes, and the key or value that says so.
struct WrittenAttribute {
  std::string name;
  const Node* at;
  // Of an enum: how many names, and their bytes.
  std::size_t names = 0;
  std::size_t names_bytes = 0;
};

// What transformations are read with, and what they tell their controller.
struct TransformationContext {
  Report& report;
  const RotationOptions& defaults;
  std::vector<WrittenAttribute>& written;  // appended to, also when the transformation has mistakes
};

// A mapping of one key, the kind, to that kind's options. None if it has mistakes.
//
// To add a kind of transformation: write a reader beside the others (axes.cc, rotations.cc,
// attributes.cc), add it to the table in transformations.cc, to TransformationSpec, to lower.cc and
// to rigjit.schema.json.
[[nodiscard]] std::optional<TransformationSpec> read_transformation(
    const TransformationContext& context, const Value& value);

using OptionalTransformation = std::optional<TransformationSpec>;
// `value`: the options, a mapping.
OptionalTransformation read_translation(const TransformationContext& context, const Value& value);
OptionalTransformation read_scale_transformation(const TransformationContext& context,
                                                 const Value& value);
OptionalTransformation read_rotation1d(const TransformationContext& context, const Value& value);
OptionalTransformation read_rotation3d(const TransformationContext& context, const Value& value);
OptionalTransformation read_attribute(const TransformationContext& context, const Value& value);
OptionalTransformation read_constant(const TransformationContext& context, const Value& value);

// "translate" and 0: "translateX".
[[nodiscard]] std::string axis_attribute(const char* prefix, std::size_t axis);

}  // namespace rigjit
