// What a spec's transformations mean where they do not say it themselves.
#pragma once

#include <cstddef>

#include "plan/plan.h"
#include "spec/dict_reader.h"
#include "spec/report.h"

namespace rigjit {

// The keys that rotations share with `defaults`, and what holds without them.
struct RotationOptions {
  RotateOrder rotate_order = RotateOrder::kXYZ;
  Rot6dLayout rot6d = Rot6dLayout::kColumns;
  AngleUnit angle_unit = AngleUnit::kDegrees;
};

// Reads them where they are given; the others keep their values.
void read_rotate_order(Report& report, DictReader& reader, RotationOptions& options);
void read_rot6d(Report& report, DictReader& reader, RotationOptions& options);
void read_angle_unit(Report& report, DictReader& reader, RotationOptions& options);

// The value of the key `defaults`.
[[nodiscard]] RotationOptions read_defaults(Report& report, const Value& value);

}  // namespace rigjit
