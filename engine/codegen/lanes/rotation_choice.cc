// What differs between lanes is a table of words, all bits set or none: 13 questions a lane, each a
// vector. Where the rig's lanes agree, the generator answers them, and no instruction is left.
#include "codegen/lanes/rotation_choice.h"

namespace rigjit {
namespace {

// Axes in the order of application, by RotateOrder.
constexpr std::array<std::array<uint32_t, 3>, 6> kAxes = {
    {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {1, 0, 2}, {2, 1, 0}}};

uint32_t axis_of_role(const RotationVariant& variant, uint32_t role) {
  const bool reversed = variant.layout == Rot6dLayout::kRows;
  return kAxes[static_cast<size_t>(variant.order)][reversed ? 2 - role : role];
}

}  // namespace

bool RotationChoice::flag(const RotationVariant& variant, uint32_t index) {
  const bool is_odd = (axis_of_role(variant, 0) + 1) % 3 != axis_of_role(variant, 1);
  const bool is_rows = variant.layout == Rot6dLayout::kRows;
  switch (index) {
    case kInterleaved:
      return variant.layout == Rot6dLayout::kInterleaved;
    case kRows:
      return is_rows;
    case kOddRoles:
      return is_odd;
    case kReversed:
      return is_odd != is_rows;
    default:
      return axis_of_role(variant, index / 3) == index % 3;
  }
}

std::vector<uint32_t> rotation_choices(const std::vector<RotationVariant>& lanes) {
  std::vector<uint32_t> words;
  for (uint32_t index = 0; index < RotationChoice::kFlagCount; ++index) {
    for (const RotationVariant& lane : lanes) {
      words.push_back(RotationChoice::flag(lane, index) ? 0xffffffffu : 0);
    }
  }
  return words;
}

namespace {
constexpr std::array<const char*, RotationChoice::kFlagCount> kNames = {
    "first_is_x",  "first_is_y", "first_is_z", "middle_is_x", "middle_is_y",
    "middle_is_z", "last_is_x",  "last_is_y",  "last_is_z",   "is_interleaved",
    "is_rows",     "is_odd",     "is_reversed"};
}  // namespace

RotationChoice::RotationChoice(LaneOps& ops, std::optional<RotationVariant> uniform, Value choices)
    : ops_(ops), uniform_(uniform), choices_(choices) {}

llvm::Value* RotationChoice::words(uint32_t index) {
  if (!words_[index]) {
    Emitter& e = ops_.emitter();
    auto* type = llvm::FixedVectorType::get(e.b.getInt32Ty(), e.lanes);
    words_[index] = e.load(type, choices_, uint64_t{index} * e.lanes * 4, 4, kNames[index]);
  }
  return words_[index];
}

LaneOps::Mask RotationChoice::mask(uint32_t index) {
  Value w = words(index);
  return ops_.emitter().b.CreateICmpSLT(w, llvm::Constant::getNullValue(w->getType()));
}

llvm::Value* RotationChoice::choose(uint32_t index, Value yes, Value no) {
  if (uniform_) return flag(*uniform_, index) ? yes : no;
  return yes == no ? yes : ops_.select(mask(index), yes, no);
}

llvm::Value* RotationChoice::negate_if(uint32_t index, Value v) {
  if (uniform_) return flag(*uniform_, index) ? ops_.neg(v) : v;
  auto& b = ops_.emitter().b;
  return ops_.with_sign_of(v, b.CreateBitCast(words(index), v->getType()));
}

llvm::Value* RotationChoice::by_role(uint32_t role, Value x, Value y, Value z) {
  return choose(3 * role, x, choose(3 * role + 1, y, z));
}

llvm::Value* RotationChoice::by_axis(uint32_t axis, const std::array<Value, 3>& of_role) {
  return choose(axis, of_role[0], choose(3 + axis, of_role[1], of_role[2]));
}

}  // namespace rigjit
