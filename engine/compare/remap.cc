#include "rigjit/remap.h"

#include <utility>

#include "base/default_float_env.h"
#include "compare/plan_match.h"
#include "plan/plan.h"
#include "plan/words.h"

namespace rigjit {
namespace {

// Columns and rows of a matrix are different numbers; the order of two columns' components is not.
bool holds_rows(const Rotation& rotation) { return rotation.layout == Rot6dLayout::kRows; }

// Whether a number of the one's channel is the same number in the other's.
bool is_same_quantity(const Operation& was, const Operation& now) {
  const auto unit_of = [](const Operation& operation) -> const AngleUnit* {
    if (const auto* angle = std::get_if<Angle>(&operation)) return &angle->unit;
    const auto* rotation = std::get_if<Rotation>(&operation);
    const bool is_euler = rotation != nullptr && rotation->output == RotationOutput::kEuler;
    return is_euler ? &rotation->unit : nullptr;
  };
  const AngleUnit* old_unit = unit_of(was);
  const AngleUnit* new_unit = unit_of(now);
  if (old_unit == nullptr || new_unit == nullptr) return true;
  const auto* old_rotation = std::get_if<Rotation>(&was);
  const auto* new_rotation = std::get_if<Rotation>(&now);
  const bool are_rotations = old_rotation != nullptr && new_rotation != nullptr;
  return *old_unit == *new_unit && (!are_rotations || old_rotation->order == new_rotation->order);
}

std::string kind_of(const Plan& plan, const Operation& operation) {
  const InputRange range = inputs_of(operation);
  return to_string(range.count == 0 ? TransformationKind::kConstant
                                    : plan.inputs()[range.first].transformation);
}

class Remapper {
 public:
  Remapper(const Plan& old_plan, const Plan& new_plan)
      : old_(old_plan), new_(new_plan), match_(match(old_plan, new_plan)) {}

  Remap run() {
    remap_.old_vec_size = old_.input_count();
    remap_.inputs.assign(new_.input_count(), -1);
    remap_.gain.assign(new_.input_count(), 0);
    remap_.bias.assign(new_.input_count(), 0);
    remap_.fill = rest_vec(new_);
    for (uint32_t i = 0; i < new_.operations().size(); ++i) carry_operation(i);
    remap_.channels.reserve(new_.channel_count());
    for (uint32_t i = 0; i < new_.channel_count(); ++i) {
      remap_.channels.push_back(old_channel_of(i));
    }
    return std::move(remap_);
  }

 private:
  void carry_operation(uint32_t index) {
    const Operation& operation = new_.operations()[index];
    if (inputs_of(operation).count == 0) return;
    if (match_.old_operation[index] == kNoMatch) return refuse_unmatched(operation);
    const Operation& old_operation = old_.operations()[match_.old_operation[index]];
    if (const auto* rotation = std::get_if<Rotation>(&operation)) {
      const auto& old_rotation = std::get<Rotation>(old_operation);
      if (holds_rows(*rotation) != holds_rows(old_rotation)) {
        return refuse(operation, std::string("rot6d was ") + word_of(old_rotation.layout) +
                                     " and is " + word_of(rotation->layout) +
                                     ", which are other numbers of the same matrix");
      }
    }
    carry(old_operation, operation);
  }

  void carry(const Operation& old_operation, const Operation& operation) {
    const InputRange range = inputs_of(operation);
    for (uint32_t k = 0; k < range.count; ++k) {
      remap_.inputs[range.first + k] = old_input(old_operation, operation, k);
      remap_.gain[range.first + k] = 1;
    }
    const auto* affine = std::get_if<Affine>(&operation);
    if (affine == nullptr) return;
    const auto& was = std::get<Affine>(old_operation);
    const double scale = affine->scale;
    remap_.gain[affine->input] = was.scale / scale;
    remap_.bias[affine->input] = (static_cast<double>(was.center) - affine->center) / scale;
  }

  // No old operation of this kind writes the channels; another may.
  void refuse_unmatched(const Operation& operation) {
    const uint32_t old_channel = first_old_channel(operation);
    if (old_channel == kNoMatch) return refuse(operation, "the old rig has nothing of this name");
    const Operation& was = old_.operations()[match_.writer_in_old[old_channel]];
    const std::string& old_kind = kind_of(old_, was);
    const std::string& new_kind = kind_of(new_, operation);
    std::string reason = "the transformation was " + old_kind + " and is " + new_kind;
    if (old_kind == new_kind) reason = "its type, encoding or names were others";
    const auto* constant = std::get_if<Constant>(&was);
    const auto* affine = std::get_if<Affine>(&operation);
    if (constant != nullptr && affine != nullptr) {
      remap_.fill[affine->input] = input_for(*affine, constant->value);
      reason += "; filled with what gives " + digits(constant->value);
    }
    refuse(operation, std::move(reason));
  }

  [[nodiscard]] uint32_t first_old_channel(const Operation& operation) const {
    const uint32_t first = channel_of(operation);
    for (uint32_t i = first; i < first + channel_count_of(operation); ++i) {
      if (match_.old_channel[i] != kNoMatch) return match_.old_channel[i];
    }
    return kNoMatch;
  }

  void refuse(const Operation& operation, std::string reason) {
    const uint32_t first = channel_of(operation);
    const auto begin = new_.attributes().begin() + first;
    remap_.not_carried.push_back({new_.controllers()[new_.controller_of(first)].name,
                                  {begin, begin + channel_count_of(operation)},
                                  std::move(reason)});
  }

  [[nodiscard]] int64_t old_channel_of(uint32_t channel) const {
    const uint32_t old_channel = match_.old_channel[channel];
    if (old_channel == kNoMatch) return -1;
    const Operation& was = old_.operations()[match_.writer_in_old[old_channel]];
    const Operation& now = new_.operations()[match_.writer_in_new[channel]];
    const bool is_same =
        is_same_quantity(was, now) && names_agree(old_, old_channel, new_, channel);
    return is_same ? int64_t{old_channel} : -1;
  }

  const Plan& old_;
  const Plan& new_;
  const PlanMatch match_;
  Remap remap_;
};

}  // namespace

Remap remap(const Plan& old_plan, const Plan& new_plan) {
  const DefaultFloatEnv env;
  return Remapper(old_plan, new_plan).run();
}

}  // namespace rigjit
