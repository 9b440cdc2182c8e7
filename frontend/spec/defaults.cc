#include "spec/defaults.h"

#include <array>

#include "spec/scalars.h"

namespace rigjit {
namespace {

// In the order of their enums.
constexpr std::array<std::string_view, 6> kRotateOrders{"xyz", "yzx", "zxy", "xzy", "yxz", "zyx"};
constexpr std::array<std::string_view, 3> kRot6dLayouts{"columns", "rows", "interleaved"};
constexpr std::array<std::string_view, 2> kAngleUnits{"degrees", "radians"};

}  // namespace

void read_rotate_order(Report& report, DictReader& reader, RotationOptions& options) {
  const Value* value = reader.find("rotate_order", "xyz");
  if (value == nullptr) return;
  if (const auto choice = read_choice(report, *value, kRotateOrders)) {
    options.rotate_order = static_cast<RotateOrder>(*choice);
  }
}

void read_rot6d(Report& report, DictReader& reader, RotationOptions& options) {
  const Value* value = reader.find("rot6d", "columns");
  if (value == nullptr) return;
  if (const auto choice = read_choice(report, *value, kRot6dLayouts)) {
    options.rot6d = static_cast<Rot6dLayout>(*choice);
  }
}

void read_angle_unit(Report& report, DictReader& reader, RotationOptions& options) {
  const Value* value = reader.find("angle_unit", "degrees");
  if (value == nullptr) return;
  if (const auto choice = read_choice(report, *value, kAngleUnits)) {
    options.angle_unit = static_cast<AngleUnit>(*choice);
  }
}

RotationOptions read_defaults(Report& report, const Value& value) {
  RotationOptions options;
  DictReader reader(report, value, "defaults");
  read_rotate_order(report, reader, options);
  read_angle_unit(report, reader, options);
  read_rot6d(report, reader, options);
  reader.finish();
  return options;
}

}  // namespace rigjit
