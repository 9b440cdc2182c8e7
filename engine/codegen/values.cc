#include "codegen/values.h"

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

void ValuesEmitter::begin() {
  not_finite_ = llvm::Constant::getNullValue(e_.floats(e_.lanes));
}

llvm::Value* ValuesEmitter::end() {
  if (llvm::isa<llvm::Constant>(not_finite_)) return e_.b.getInt32(0);
  return LaneOps(e_).any(e_.b.CreateFCmpUNO(not_finite_, not_finite_));
}

void ValuesEmitter::emit(uint32_t first, uint32_t end, llvm::Value* base, uint64_t offset_bytes,
                         bool exactly) {
  for (uint32_t begin = first; begin < end; begin += e_.lanes) {
    const uint32_t count = std::min(e_.lanes, end - begin);
    llvm::Value* values = with_constants(group(begin, count), begin, count);
    const uint64_t offset = offset_bytes + 4 * uint64_t{begin - first};
    if (exactly && count < e_.lanes) {
      e_.store_exactly(values, count, base, offset);
    } else {
      e_.store(values, base, offset, 4);
    }
  }
  e_.set_range({});
}

// scale and center of every lane, so that lanes of rotations and angles pass unchanged (1 and -0.0)
// and those of constants become finite.
struct ValuesEmitter::Coefficients {
  std::vector<float> scale, center, min, max;
  bool any_affine = false, any_clamp = false;

  explicit Coefficients(uint32_t lanes)
      : scale(lanes, 0.0f), center(lanes, 0.0f), min(lanes, -INFINITY), max(lanes, INFINITY) {}

  void set(uint32_t lane, const Operation* operation) {
    if (const auto* affine = operation ? std::get_if<Affine>(operation) : nullptr) {
      scale[lane] = affine->scale;
      center[lane] = affine->center;
      min[lane] = affine->min;
      max[lane] = affine->max;
      any_affine = true;
      any_clamp |= std::isfinite(affine->min) || std::isfinite(affine->max);
    } else if (!operation || !std::holds_alternative<Constant>(*operation)) {
      scale[lane] = 1;
      center[lane] = -0.0f;
    }
  }
};

llvm::Value* ValuesEmitter::group(uint32_t first, uint32_t count) {
  e_.set_range({plan_.controller_of(first), plan_.controller_of(first + count - 1)});
  LaneOps ops(e_);
  Coefficients c(e_.lanes);
  for (uint32_t lane = 0; lane < count; ++lane) c.set(lane, operation_of_[first + lane]);
  auto* type = e_.floats(e_.lanes);
  llvm::Value* v = gather(first, count);
  if (c.any_affine) {
    v = ops.fma(v, e_.constant_vector(type, c.scale), e_.constant_vector(type, c.center));
    // Inf * 0 and NaN * 0 are NaN, and NaN stays.
    not_finite_ = ops.fma(v, llvm::Constant::getNullValue(type), not_finite_);
  }
  if (c.any_clamp) {
    auto* min = e_.constant_vector(type, c.min);
    v = ops.select(ops.less(v, min), min, v);
    auto* max = e_.constant_vector(type, c.max);
    v = ops.select(ops.greater(v, max), max, v);
  }
  if (e_.keep_names) v->setName(name_of(first, count));
  return v;
}

llvm::Value* ValuesEmitter::with_constants(llvm::Value* values, uint32_t first, uint32_t count) {
  std::vector<float> numbers(e_.lanes, 0.0f);
  std::vector<llvm::Constant*> mask(e_.lanes, e_.b.getFalse());
  bool any = false;
  for (uint32_t lane = 0; lane < count; ++lane) {
    const Operation* operation = operation_of_[first + lane];
    const auto* constant = operation ? std::get_if<Constant>(operation) : nullptr;
    if (!constant) continue;
    numbers[lane] = constant->value;
    mask[lane] = e_.b.getTrue();
    any = true;
  }
  if (!any) return values;
  return e_.b.CreateSelect(llvm::ConstantVector::get(mask),
                           e_.constant_vector(e_.floats(e_.lanes), numbers), values);
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

// Whole vectors that each lane takes its number from: unaligned ones of the rig's vector, none of
// which reaches behind its end, and of the scratch, which is padded.
struct ValuesEmitter::Window {
  ChannelSource::Base base;
  uint32_t begin;
  std::vector<std::pair<uint32_t, uint32_t>> lanes;  // lane, element of the window
};

std::vector<ValuesEmitter::Window> ValuesEmitter::windows(uint32_t first, uint32_t count) const {
  using Base = ChannelSource::Base;
  const uint32_t vector_end = std::max(plan_.input_count(), e_.lanes);
  std::vector<Window> windows;
  for (uint32_t lane = 0; lane < count; ++lane) {
    const ChannelSource source = schedule_.sources[first + lane];
    if (source.base == Base::kNone) continue;
    auto window = std::ranges::find_if(windows, [&](const Window& w) {
      return w.base == source.base && source.index >= w.begin && source.index < w.begin + e_.lanes;
    });
    if (window == windows.end()) {
      const uint32_t begin = source.base == Base::kVector
                                 ? std::min(source.index, vector_end - e_.lanes)
                                 : source.index;
      window = windows.insert(windows.end(), {source.base, begin, {}});
    }
    window->lanes.push_back({lane, source.index - window->begin});
  }
  return windows;
}

llvm::Value* ValuesEmitter::load(const Window& window) {
  return e_.load(e_.floats(e_.lanes), window.base == ChannelSource::Base::kVector ? e_.in : e_.scratch,
                 4 * uint64_t{window.begin}, 4);
}

// Pairs of windows are permuted at once.
llvm::Value* ValuesEmitter::gather(uint32_t first, uint32_t count) {
  const std::vector<Window> windows = this->windows(first, count);
  if (windows.empty()) return llvm::Constant::getNullValue(e_.floats(e_.lanes));
  const bool in_place =
      windows.size() == 1 && std::ranges::all_of(windows[0].lanes, [](const auto& lane) {
        return lane.first == lane.second;
      });
  if (in_place) return load(windows[0]);

  llvm::Value* gathered = nullptr;
  for (size_t i = 0; i < windows.size(); i += 2) {
    std::vector<uint32_t> indices(e_.lanes, 0);
    std::vector<llvm::Constant*> mask(e_.lanes, e_.b.getFalse());
    const size_t end = std::min(i + 2, windows.size());
    for (size_t k = i; k < end; ++k) {
      for (const auto& [lane, element] : windows[k].lanes) {
        indices[lane] = element + static_cast<uint32_t>(k - i) * e_.lanes;
        mask[lane] = e_.b.getTrue();
      }
    }
    llvm::Value* pair =
        e_.permute(load(windows[i]), end - i == 2 ? load(windows[i + 1]) : nullptr, indices);
    gathered = gathered ? e_.b.CreateSelect(llvm::ConstantVector::get(mask), pair, gathered) : pair;
  }
  return gathered;
}

}  // namespace rigjit
