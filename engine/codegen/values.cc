// Numbers are computed as they lie, in windows of a vector's width of the input or of the scratch,
// each once a function, and only then moved to where a sink wants them. One fma does sixteen affine
// values, whatever channels they are of. Lanes that belong to other operations are computed too,
// with a scale of zero: to leave them out would take a mask, and their zero disturbs nobody.
//
// Bad values are found without a comparison a value: bad = value * 0 + bad is NaN as soon as a
// value is not finite, and stays NaN.
#include "codegen/values.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "codegen/channel_names.h"
#include "codegen/lanes/lane_ops.h"

namespace rigjit {

ValuesEmitter::ValuesEmitter(Emitter& emitter, const Plan& plan, const Schedule& schedule,
                             ValueForm form)
    : e_(emitter),
      plan_(plan),
      schedule_(schedule),
      form_(form),
      lane_of_channel_(plan.channel_count()),
      may_be_infinite_(plan.input_count(), false),
      affine_of_input_(plan.input_count()),
      constant_of_channel_(plan.channel_count()) {
  for (const Operation& operation : plan.operations()) {
    const uint32_t first = channel_of(operation);
    for (uint32_t channel = first; channel < first + channel_count_of(operation); ++channel) {
      const bool is_bool = plan.types()[channel] == ChannelType::kBool;
      lane_of_channel_[channel] = {plan.types()[channel],
                                   is_bool ? Limits{0, 1} : limits_of(operation, channel)};
    }
    if (const auto* affine = std::get_if<Affine>(&operation)) {
      affine_of_input_[affine->input] = affine;
    } else if (const auto* constant = std::get_if<Constant>(&operation)) {
      constant_of_channel_[constant->channel] = constant;
    } else if (const auto* one_hot = std::get_if<OneHot>(&operation)) {
      std::fill_n(may_be_infinite_.begin() + one_hot->input, one_hot->count, true);
    }
  }
}

void ValuesEmitter::begin(uint32_t first, uint32_t end) {
  first_channel_ = first;
  end_channel_ = end;
  windows_.clear();
  limited_in_scratch_.clear();
  for (uint32_t channel = first; channel < end; ++channel) {
    const auto [base, index] = schedule_.sources[channel];
    const bool is_limited = lane_of_channel_[channel].limits.any();
    if (base == ChannelSource::Base::kScratch && is_limited) limited_in_scratch_[index] = channel;
  }
  bad_ = llvm::Constant::getNullValue(e_.floats(e_.lanes));
}

llvm::Value* ValuesEmitter::end() { return LaneOps(e_).any(e_.b.CreateFCmpUNO(bad_, bad_)); }

// Windows lie at multiples of their size; the last one of the vector ends with it.
std::optional<ValuePlace> ValuesEmitter::place_of(uint32_t channel) const {
  const auto [base, index] = schedule_.sources[channel];
  if (base == ChannelSource::Base::kNone) return {};
  uint32_t begin = index / e_.lanes * e_.lanes;
  if (base == ChannelSource::Base::kVector) {
    begin = std::min(begin, std::max(plan_.input_count(), e_.lanes) - e_.lanes);
  }
  return ValuePlace{{base, begin}, index - begin};
}

llvm::Value* ValuesEmitter::window(const Window& window) {
  llvm::Value*& value = windows_[window];
  if (value == nullptr) {
    value = window.base == ChannelSource::Base::kVector ? affine(window.begin)
                                                        : from_scratch(window.begin);
  }
  return value;
}

// Those of other operations that may be infinite become zero.
llvm::Value* ValuesEmitter::inputs(uint32_t begin) {
  auto* type = e_.floats(e_.lanes);
  llvm::Value* v = e_.load(type, e_.in, 4 * uint64_t{begin}, 4);
  e_.named(v, "vec." + llvm::Twine(begin) + ".." + llvm::Twine(begin + e_.lanes - 1));
  std::vector<uint32_t> inputs(e_.lanes);
  std::iota(inputs.begin(), inputs.end(), begin);
  const auto is_kept = [&](uint32_t input) {
    return input >= plan_.input_count() || !may_be_infinite_[input];
  };
  if (std::ranges::all_of(inputs, is_kept)) return v;
  return LaneOps(e_).select(e_.mask_vector(inputs, is_kept), v, llvm::Constant::getNullValue(type));
}

// Inputs of other operations become zero: if they are not finite, so that NaN comes of it, the
// vector is bad anyway.
llvm::Value* ValuesEmitter::affine(uint32_t begin) {
  LaneOps ops(e_);
  std::vector<float> scale(e_.lanes, 0.0f), center(e_.lanes, 0.0f);
  std::vector<TypedLane> lanes(e_.lanes);
  uint32_t first = UINT32_MAX, last = 0;
  for (uint32_t lane = 0; lane < e_.lanes && begin + lane < plan_.input_count(); ++lane) {
    const Affine* affine = affine_of_input_[begin + lane];
    if (affine == nullptr) continue;
    scale[lane] = affine->scale;
    center[lane] = affine->center;
    lanes[lane] = lane_of_channel_[affine->channel];
    first = std::min(first, affine->channel);
    last = affine->channel;
  }
  const Emitter::ConcernScope concern(e_, {first, last});
  auto* type = e_.floats(e_.lanes);
  llvm::Value* v = inputs(begin);
  llvm::Value* scales = e_.constant_vector(type, scale, "scale");
  e_.comment(scales, [&] { return coefficients(begin, "scale", &Affine::scale); });
  llvm::Value* centers = e_.constant_vector(type, center, "center");
  e_.comment(centers, [&] { return coefficients(begin, "center", &Affine::center); });
  v = ops.fma(v, scales, centers);
  e_.named(v, "number");
  // Inf * 0 and NaN * 0 are NaN, and NaN stays.
  bad_ = ops.fma(v, llvm::Constant::getNullValue(type), bad_);
  const auto name_of_lane = [&](uint32_t lane) {
    return name_of_channel(plan_, affine_of_input_[begin + lane]->channel);
  };
  v = emit_types_and_limits(e_, v, lanes, name_of_lane, form_, bad_);
  if (e_.notes != nullptr) e_.named(v, names_of_channels(plan_, first, last));
  return v;
}

// Results of lane groups are floats, those of one_hots have the emitter's form already.
llvm::Value* ValuesEmitter::from_scratch(uint32_t begin) {
  const Emitter::ConcernScope concern(e_, [&] { return channels_from_scratch(begin); });
  llvm::Value* v = e_.load(e_.floats(e_.lanes), e_.scratch, 4 * uint64_t{begin}, 4 * e_.lanes);
  e_.named(v, "results." + llvm::Twine(begin));
  std::vector<TypedLane> lanes(e_.lanes);
  for (auto at = limited_in_scratch_.lower_bound(begin);
       at != limited_in_scratch_.end() && at->first < begin + e_.lanes; ++at) {
    lanes[at->first - begin].limits = lane_of_channel_[at->second].limits;
  }
  const auto name_of_lane = [&](uint32_t lane) {
    return name_of_channel(plan_, limited_in_scratch_.at(begin + lane));
  };
  return emit_types_and_limits(e_, v, lanes, name_of_lane, form_, bad_);
}

Concern ValuesEmitter::channels_from_scratch(uint32_t begin) const {
  Concern concern;
  for (uint32_t channel = first_channel_; channel < end_channel_; ++channel) {
    const auto [base, index] = schedule_.sources[channel];
    if (base != ChannelSource::Base::kScratch || index < begin || index >= begin + e_.lanes)
      continue;
    if (!concern.empty() && concern.back().last + 1 == channel) {
      concern.back().last = channel;
    } else {
      concern.push_back({channel, channel});
    }
  }
  return concern;
}

std::string ValuesEmitter::list_of_channels(uint32_t first, uint32_t end) const {
  std::string text = "values " + std::to_string(first) + ".." + std::to_string(end - 1);
  for (uint32_t channel = first; channel < end; ++channel) {
    text += (channel == first ? ": " : ", ") + name_of_channel(plan_, channel);
  }
  return text;
}

std::string ValuesEmitter::coefficients(uint32_t begin, const char* what,
                                        float Affine::* coefficient) const {
  std::vector<std::pair<uint32_t, float>> numbers;
  for (uint32_t input = begin; input < begin + e_.lanes && input < plan_.input_count(); ++input) {
    const Affine* affine = affine_of_input_[input];
    if (affine != nullptr) numbers.emplace_back(affine->channel, affine->*coefficient);
  }
  return text_by_channel(plan_, what, std::span(std::as_const(numbers)));
}

// Two windows are permuted at once.
llvm::Value* ValuesEmitter::gather(std::span<const uint32_t> channels) {
  std::vector<Window> windows;
  std::vector<std::optional<std::pair<size_t, uint32_t>>> lanes(e_.lanes);  // window, element
  for (size_t lane = 0; lane < channels.size(); ++lane) {
    const auto place = channels[lane] == kNoChannel ? std::nullopt : place_of(channels[lane]);
    if (!place) continue;
    auto known = std::ranges::find(windows, place->window);
    if (known == windows.end()) known = windows.insert(known, place->window);
    lanes[lane] = {known - windows.begin(), place->element};
  }
  if (windows.empty()) return llvm::Constant::getNullValue(e_.floats(e_.lanes));

  llvm::Value* gathered = nullptr;
  for (size_t i = 0; i < windows.size(); i += 2) {
    std::vector<uint32_t> indices(e_.lanes, 0);
    std::vector<llvm::Constant*> mask(e_.lanes, e_.b.getFalse());
    bool in_place = windows.size() == 1;
    for (uint32_t lane = 0; lane < e_.lanes; ++lane) {
      if (!lanes[lane] || lanes[lane]->first / 2 != i / 2) continue;
      indices[lane] =
          lanes[lane]->second + static_cast<uint32_t>(lanes[lane]->first - i) * e_.lanes;
      mask[lane] = e_.b.getTrue();
      in_place &= indices[lane] == lane;
    }
    llvm::Value* low = window(windows[i]);
    if (in_place) return low;
    llvm::Value* pair =
        e_.permute(low, i + 1 < windows.size() ? window(windows[i + 1]) : nullptr, indices);
    gathered = gathered ? e_.b.CreateSelect(llvm::ConstantVector::get(mask), pair, gathered) : pair;
  }
  return gathered;
}

llvm::Value* ValuesEmitter::with_constants(llvm::Value* values,
                                           std::span<const uint32_t> channels) {
  std::vector<float> numbers(e_.lanes, 0.0f);
  std::vector<llvm::Constant*> mask(e_.lanes, e_.b.getFalse());
  bool any = false;
  for (size_t lane = 0; lane < channels.size(); ++lane) {
    const Constant* constant = constant_of_channel_[channels[lane]];
    if (constant == nullptr) continue;
    numbers[lane] = constant->value;
    mask[lane] = e_.b.getTrue();
    any = true;
  }
  if (!any) return values;
  llvm::Value* loaded = e_.constant_vector(e_.floats(e_.lanes), numbers, "constants");
  e_.comment(loaded, [&] {
    std::vector<std::pair<uint32_t, float>> of_channels;
    for (const uint32_t channel : channels) {
      if (const Constant* constant = constant_of_channel_[channel]) {
        of_channels.emplace_back(channel, constant->value);
      }
    }
    return text_by_channel(plan_, "constants", std::span(std::as_const(of_channels)));
  });
  return e_.b.CreateSelect(llvm::ConstantVector::get(mask), loaded, values);
}

void ValuesEmitter::store_flat(uint32_t first, uint32_t end, llvm::Value* base,
                               uint64_t offset_bytes, bool exactly) {
  std::vector<uint32_t> channels;
  for (uint32_t begin = first; begin < end; begin += e_.lanes) {
    const uint32_t count = std::min(e_.lanes, end - begin);
    channels.resize(count);
    std::iota(channels.begin(), channels.end(), begin);
    e_.concerns({begin, begin + count - 1});
    llvm::Value* values = with_constants(gather(channels), channels);
    if (e_.notes != nullptr) {
      e_.named(values, names_of_channels(plan_, begin, begin + count - 1));
    }
    const uint64_t offset = offset_bytes + 4 * uint64_t{begin - first};
    const auto comment = [&](llvm::Value* store, uint32_t from, uint32_t behind) {
      e_.comment(store, [&] { return list_of_channels(begin + from, begin + behind); });
    };
    if (exactly && count < e_.lanes) {
      e_.store_exactly(values, count, base, offset, comment);
    } else {
      comment(e_.store(values, base, offset, 4), 0, count);
    }
  }
  e_.concerns();
}

}  // namespace rigjit
