#include "compare/mirror_map.h"

#include <array>
#include <cassert>
#include <string_view>
#include <unordered_map>

#include "base/default_float_env.h"
#include "plan/rot6d_elements.h"

namespace rigjit {
namespace {

// The operation that writes each channel first, or none.
std::vector<const Operation*> operations_by_channel(const Plan& plan) {
  std::vector<const Operation*> operations(plan.channel_count());
  for (const Operation& operation : plan.operations()) {
    operations[channel_of(operation)] = &operation;
  }
  return operations;
}

// Fills the inputs of one operation from those of its partner, which is of the same kind.
struct Mapping {
  const Plan& plan;
  const Operation& partner;
  MirrorMap& map;

  void operator()(const Affine& op) const {
    const Affine& from = std::get<Affine>(partner);
    const double sign = plan.mirror()->signs[op.channel];
    const double scale = op.scale;
    put(op.input, from.input, sign * from.scale / scale, (sign * from.center - op.center) / scale);
  }

  void operator()(const Angle& op) const {
    const Angle& from = std::get<Angle>(partner);
    put(op.input + (op.cos_first ? 1 : 0), from.input + (from.cos_first ? 1 : 0),
        plan.mirror()->signs[op.channel], 0);
    put(op.input + (op.cos_first ? 0 : 1), from.input + (from.cos_first ? 0 : 1), 1, 0);
  }

  void operator()(const Rotation& op) const {
    const Rotation& from = std::get<Rotation>(partner);
    assert(op.layout == from.layout && op.output == from.output);
    // Those of rotateX, Y, Z, or of quaternionX, Y, Z behind quaternionW.
    const int8_t* signs = &plan.mirror()->signs[op.channel + op.channel_count() - 3];
    for (uint32_t which = 0; which < 2; ++which) {
      for (uint32_t axis = 0; axis < 3; ++axis) {
        const uint32_t element = rot6d_element(op.layout, which, axis);
        put(op.input + element, from.input + element, signs[which] * signs[axis], 0);
      }
    }
  }

  void operator()(const OneHot& op) const {
    const OneHot& from = std::get<OneHot>(partner);
    assert(op.count == from.count);
    for (uint32_t i = 0; i < op.count; ++i) put(op.input + i, from.input + i, 1, 0);
  }

  void operator()(const Constant&) const {}

 private:
  void put(uint32_t input, uint32_t source, double gain, double bias) const {
    map.source[input] = source;
    map.gain[input] = gain;
    // -0 and not 0, so that a sum with it keeps the sign of zero.
    map.bias[input] = bias == 0 ? -0.0 : bias;
  }
};

}  // namespace

MirrorMap mirror_map(const Plan& plan) {
  assert(plan.mirror());
  const DefaultFloatEnv env;
  const std::size_t size = plan.input_count();
  MirrorMap map{std::vector<uint32_t>(size), std::vector<double>(size), std::vector<double>(size)};
  const std::vector<const Operation*> operations = operations_by_channel(plan);
  std::unordered_map<std::string_view, uint32_t> channels;  // of the partner, by attribute
  for (std::size_t i = 0; i < plan.controllers().size(); ++i) {
    const PlanController& to = plan.controllers()[i];
    const PlanController& from = plan.controllers()[plan.mirror()->partners[i]];
    channels.clear();
    for (uint32_t k = 0; k < from.channel_count; ++k) {
      channels.emplace(plan.attributes()[from.first_channel + k], from.first_channel + k);
    }
    for (uint32_t k = 0; k < to.channel_count; ++k) {
      const uint32_t channel = to.first_channel + k;
      const Operation* operation = operations[channel];
      if (operation == nullptr || std::holds_alternative<Constant>(*operation)) continue;
      const Operation& partner = *operations[channels.at(plan.attributes()[channel])];
      std::visit(Mapping{plan, partner, map}, *operation);
    }
  }
  return map;
}

void mirror(const MirrorMap& map, const float* vecs, std::size_t count, float* out) {
  const DefaultFloatEnv env;
  const std::size_t size = map.source.size();
  for (std::size_t frame = 0; frame < count; ++frame, vecs += size, out += size) {
    for (std::size_t i = 0; i < size; ++i) {
      out[i] = static_cast<float>(vecs[map.source[i]] * map.gain[i] + map.bias[i]);
    }
  }
}

}  // namespace rigjit
