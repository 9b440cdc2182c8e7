#include "codegen/values.h"

#include <llvm/IR/IntrinsicsX86.h>

#include <cmath>
#include <tuple>

#include "codegen/lane_ops.h"

namespace rigjit {

ValuesEmitter::ValuesEmitter(Emitter& emitter, const Plan& plan, const Schedule& schedule)
    : e_(emitter), plan_(plan), schedule_(schedule), operation_of_(plan.channel_count()) {
  for (const Operation& operation : plan.operations()) {
    std::visit([&](const auto& o) { operation_of_[o.channel] = &operation; }, operation);
  }
}

llvm::Value* ValuesEmitter::emit(uint32_t first, uint32_t end, llvm::Value* base,
                                 uint64_t offset_bytes, bool exactly) {
  LaneOps ops(e_);
  llvm::Value* not_finite = llvm::Constant::getNullValue(e_.floats(e_.lanes));
  for (uint32_t group = first; group < end; group += e_.lanes) {
    const uint32_t count = std::min(e_.lanes, end - group);
    e_.set_range({plan_.controller_of(group), plan_.controller_of(group + count - 1)});
    llvm::Value* values = emit_group(group, count, not_finite);
    const uint64_t offset = offset_bytes + 4 * uint64_t{group - first};
    if (exactly && count < e_.lanes) {
      e_.store_exactly(values, count, base, offset);
    } else {
      e_.store(values, base, offset, 4);
    }
  }
  e_.set_range({});
  return ops.any(e_.b.CreateFCmpUNO(not_finite, not_finite));
}

// scale and center of every lane, so that lanes of rotations and angles pass unchanged (1 and -0.0)
// and those of constants start from a finite number.
struct ValuesEmitter::Coefficients {
  std::vector<float> scale, center, min, max, constant;
  std::vector<bool> is_constant;
  bool any_affine = false, any_clamp = false, any_constant = false;

  explicit Coefficients(uint32_t lanes)
      : scale(lanes, 0.0f),
        center(lanes, 0.0f),
        min(lanes, -INFINITY),
        max(lanes, INFINITY),
        constant(lanes, 0.0f),
        is_constant(lanes, false) {}

  void set(uint32_t lane, const Operation* operation) {
    const auto* affine = operation ? std::get_if<Affine>(operation) : nullptr;
    const auto* fixed = operation ? std::get_if<Constant>(operation) : nullptr;
    if (affine) {
      scale[lane] = affine->scale;
      center[lane] = affine->center;
      min[lane] = affine->min;
      max[lane] = affine->max;
      any_affine = true;
      any_clamp |= std::isfinite(affine->min) || std::isfinite(affine->max);
    } else if (fixed) {
      constant[lane] = fixed->value;
      is_constant[lane] = any_constant = true;
    } else {
      scale[lane] = 1;
      center[lane] = -0.0f;
    }
  }
};

llvm::Value* ValuesEmitter::emit_group(uint32_t first, uint32_t count, llvm::Value*& not_finite) {
  LaneOps ops(e_);
  Coefficients c(e_.lanes);
  for (uint32_t lane = 0; lane < count; ++lane) c.set(lane, operation_of_[first + lane]);
  auto* type = e_.floats(e_.lanes);
  llvm::Value* v = gather(first, count);
  if (c.any_affine) {
    v = ops.fma(v, e_.constant_vector(type, c.scale), e_.constant_vector(type, c.center));
    // Inf * 0 and NaN * 0 are NaN, and NaN stays.
    not_finite = ops.fma(v, llvm::Constant::getNullValue(type), not_finite);
  }
  if (c.any_clamp) {
    auto* min = e_.constant_vector(type, c.min);
    v = ops.select(ops.less(v, min), min, v);
    auto* max = e_.constant_vector(type, c.max);
    v = ops.select(ops.greater(v, max), max, v);
  }
  if (c.any_constant) {
    std::vector<llvm::Constant*> mask;
    for (uint32_t lane = 0; lane < e_.lanes; ++lane)
      mask.push_back(e_.b.getInt1(c.is_constant[lane]));
    v = ops.select(llvm::ConstantVector::get(mask), e_.constant_vector(type, c.constant), v);
  }
  if (e_.keep_names) v->setName(name_of(first, count));
  return v;
}

std::string ValuesEmitter::name_of(uint32_t first, uint32_t count) const {
  uint32_t end = first + count;
  if (e_.focus) {
    const PlanController& focus = plan_.controllers()[*e_.focus];
    const uint32_t begin = std::max(first, focus.first_channel);
    const uint32_t stop = std::min(end, focus.first_channel + focus.channel_count);
    if (begin < stop) std::tie(first, end) = std::tie(begin, stop);
  }
  const auto channel_name = [&](uint32_t channel) {
    return plan_.controllers()[plan_.controller_of(channel)].name + "." +
           plan_.attributes()[channel];
  };
  return end - first == 1 ? channel_name(first)
                          : channel_name(first) + ".." + channel_name(end - 1);
}

llvm::Value* ValuesEmitter::permute(llvm::Value* window, const std::vector<uint32_t>& indices,
                                    llvm::Value* table_indices) {
  if (e_.lanes == 16) {
    return e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx512_permvar_sf_512, {},
                                {window, table_indices});
  }
  if (e_.lanes == 8) {
    return e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx2_permps, {}, {window, table_indices});
  }
  return e_.b.CreateShuffleVector(window, std::vector<int>(indices.begin(), indices.end()));
}

// Windows are whole vectors: unaligned ones of the rig's vector, none of which reaches behind its
// end, and aligned ones of the scratch. Each lane takes its number from one of them.
llvm::Value* ValuesEmitter::gather(uint32_t first, uint32_t count) {
  using Base = ChannelSource::Base;
  struct Window {
    Base base;
    uint32_t begin;
    std::vector<uint32_t> lanes;
  };
  std::vector<Window> windows;
  std::vector<uint32_t> indices(e_.lanes, 0);
  const uint32_t vector_end = std::max(plan_.input_count(), e_.lanes);
  for (uint32_t lane = 0; lane < count; ++lane) {
    const ChannelSource source = schedule_.sources[first + lane];
    if (source.base == Base::kNone) continue;
    auto window = std::ranges::find_if(windows, [&](const Window& w) {
      return w.base == source.base && source.index >= w.begin && source.index < w.begin + e_.lanes;
    });
    if (window == windows.end()) {
      const uint32_t begin = source.base == Base::kVector
                                 ? std::min(source.index, vector_end - e_.lanes)
                                 : source.index / e_.lanes * e_.lanes;
      window = windows.insert(windows.end(), {source.base, begin, {}});
    }
    window->lanes.push_back(lane);
    indices[lane] = source.index - window->begin;
  }
  auto* type = e_.floats(e_.lanes);
  if (windows.empty()) return llvm::Constant::getNullValue(type);

  const auto load = [&](const Window& w) {
    return e_.load(type, w.base == Base::kVector ? e_.in : e_.scratch, 4 * uint64_t{w.begin},
                   w.base == Base::kVector ? 4 : 4 * e_.lanes);
  };
  bool in_place = windows.size() == 1;
  for (uint32_t lane : windows[0].lanes) in_place &= indices[lane] == lane;
  if (in_place) return load(windows[0]);

  llvm::Value* table_indices = nullptr;
  auto* index_type = llvm::FixedVectorType::get(e_.b.getInt32Ty(), e_.lanes);
  size_t next = 1;
  llvm::Value* v;
  if (e_.lanes == 16 && windows.size() > 1) {
    std::vector<uint32_t> both = indices;
    for (uint32_t lane : windows[1].lanes) both[lane] += e_.lanes;
    table_indices = e_.constant_vector(index_type, both);
    v = e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx512_vpermi2var_ps_512, {},
                             {load(windows[0]), table_indices, load(windows[1])});
    next = 2;
  } else {
    if (e_.lanes > 4) table_indices = e_.constant_vector(index_type, indices);
    v = permute(load(windows[0]), indices, table_indices);
  }
  for (; next < windows.size(); ++next) {
    std::vector<llvm::Constant*> mask(e_.lanes, e_.b.getFalse());
    for (uint32_t lane : windows[next].lanes) mask[lane] = e_.b.getTrue();
    llvm::Value* permuted = permute(load(windows[next]), indices, table_indices);
    v = e_.b.CreateSelect(llvm::ConstantVector::get(mask), permuted, v);
  }
  return v;
}

}  // namespace rigjit
