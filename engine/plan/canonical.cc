#include <bit>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "base/checksum.h"
#include "plan/name_space.h"
#include "plan/plan.h"

// The layout is documented in canonical.md; a change of it is a new kVersion.
namespace rigjit {
namespace {

constexpr std::string_view kMagic = "rigplan\n";
constexpr uint32_t kVersion = 1;

enum class Tag : uint8_t {
  kTranslation = 0,
  kRotation3d = 1,
  kRotation1d = 2,
  kScale = 3,
  kAttribute = 4,
  kConstant = 5,
  kTypedAttribute = 6,
  kOneHot = 7,
  kLimits = 8
};

static_assert(kMagic.size() == 8);
static_assert(std::to_underlying(RotateOrder::kXYZ) == 0 &&
              std::to_underlying(RotateOrder::kYZX) == 1 &&
              std::to_underlying(RotateOrder::kZXY) == 2 &&
              std::to_underlying(RotateOrder::kXZY) == 3 &&
              std::to_underlying(RotateOrder::kYXZ) == 4 &&
              std::to_underlying(RotateOrder::kZYX) == 5);
static_assert(std::to_underlying(AngleUnit::kDegrees) == 0 &&
              std::to_underlying(AngleUnit::kRadians) == 1);
static_assert(std::to_underlying(Rot6dLayout::kColumns) == 0 &&
              std::to_underlying(Rot6dLayout::kRows) == 1 &&
              std::to_underlying(Rot6dLayout::kInterleaved) == 2);
static_assert(std::to_underlying(LimitRule::kClamp) == 0 &&
              std::to_underlying(LimitRule::kError) == 1);
static_assert(std::to_underlying(ChannelType::kFloat) == 0 &&
              std::to_underlying(ChannelType::kBool) == 1 &&
              std::to_underlying(ChannelType::kInt) == 2 &&
              std::to_underlying(ChannelType::kEnum) == 3);
static_assert(std::to_underlying(RotationOutput::kEuler) == 0 &&
              std::to_underlying(RotationOutput::kQuaternion) == 1);

// Independent of how TransformationKind is numbered.
Tag affine_tag(TransformationKind kind) {
  switch (kind) {
    case TransformationKind::kTranslation:
      return Tag::kTranslation;
    case TransformationKind::kScale:
      return Tag::kScale;
    default:
      return Tag::kAttribute;
  }
}

class Writer {
 public:
  explicit Writer(const Plan& plan) : plan_(plan) {}

  void operator()(const Affine& op) {
    const bool is_float = op.type == ChannelType::kFloat;
    begin(is_float ? affine_tag(plan_.inputs()[op.input].transformation) : Tag::kTypedAttribute,
          op.channel, 1);
    if (!is_float) u8(std::to_underlying(op.type));
    f32(op.scale);
    f32(op.center);
    f32(op.min);
    f32(op.max);
    if (op.type == ChannelType::kEnum) names(op.channel);
    if (op.limits().can_fail()) limits({op.limits()});
  }

  void operator()(const OneHot& op) {
    begin(Tag::kOneHot, op.channel, 1);
    names(op.channel);
  }

  void operator()(const Angle& op) {
    begin(Tag::kRotation1d, op.channel, 1);
    u8(op.cos_first ? 1 : 0);
    u8(std::to_underlying(op.unit));
    if (op.limits.any()) limits({op.limits});
  }

  // A quaternion has neither rotate order nor unit: specs that differ only there mean the same.
  void operator()(const Rotation& op) {
    const bool euler = op.output == RotationOutput::kEuler;
    begin(Tag::kRotation3d, op.channel, op.channel_count());
    u8(std::to_underlying(euler ? op.order : RotateOrder::kXYZ));
    u8(std::to_underlying(op.layout));
    u8(std::to_underlying(euler ? op.unit : AngleUnit::kDegrees));
    u8(std::to_underlying(op.output));
    const auto& [x, y, z] = op.limits;
    if (euler && (x.any() || y.any() || z.any())) limits({x, y, z});
  }

  void operator()(const Constant& op) {
    begin(Tag::kConstant, op.channel, 1);
    f32(op.value);
  }

  void raw(std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
  void u8(uint8_t value) { bytes_.push_back(value); }
  void u32(uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) u8(static_cast<uint8_t>(value >> shift));
  }
  void f32(float value) { u32(std::bit_cast<uint32_t>(value)); }
  void text(std::string_view value) {
    u32(static_cast<uint32_t>(value.size()));
    raw(value);
  }

  [[nodiscard]] std::vector<uint8_t> take() && { return std::move(bytes_); }

 private:
  void begin(Tag tag, uint32_t channel, uint32_t channel_count) {
    u8(std::to_underlying(tag));
    for (uint32_t i = 0; i < channel_count; ++i) text(plan_.attributes()[channel + i]);
  }

  // All of one operation have the same rule.
  void limits(std::initializer_list<Limits> of_channels) {
    u8(std::to_underlying(Tag::kLimits));
    u8(std::to_underlying(of_channels.begin()->rule));
    for (const Limits& one : of_channels) {
      f32(one.min);
      f32(one.max);
    }
  }

  void names(uint32_t channel) {
    const std::vector<std::string>& all = plan_.enum_names(channel);
    u32(static_cast<uint32_t>(all.size()));
    for (const std::string& name : all) text(name);
  }

  const Plan& plan_;
  std::vector<uint8_t> bytes_;
};

}  // namespace

std::vector<uint8_t> canonical_bytes(const Plan& plan) {
  Writer writer(plan);
  writer.raw(kMagic);
  writer.u32(kVersion);
  writer.u32(static_cast<uint32_t>(plan.controllers().size()));
  for (const PlanController& controller : plan.controllers()) {
    writer.text(without_name_space(plan.name_space(), controller.name));
    writer.u32(controller.channel_count);
  }
  writer.u32(static_cast<uint32_t>(plan.operations().size()));
  for (const Operation& operation : plan.operations()) std::visit(writer, operation);
  return std::move(writer).take();
}

Hash128 rig_hash(const Plan& plan) { return checksum({canonical_bytes(plan)}); }

}  // namespace rigjit
