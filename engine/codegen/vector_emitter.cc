// Elements of the vector are written in two layers. First all of it in whole vectors, as if every
// element were affine: value to lane by a gather of windows, minus center, times the inverse of
// scale, in double, as a float32 quotient must be the nearest there is. Elements of rotations hold
// nonsense then, and are overwritten by the groups, which compute sines, cosines and columns in
// lanes and store each operation's elements where they belong.
#include "codegen/vector_emitter.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "codegen/channel_names.h"
#include "codegen/lanes/lane_gather.h"
#include "codegen/lanes/sines.h"
#include "codegen/lanes/transpose.h"
#include "reference/reference_vector.h"

namespace rigjit {

VectorEmitter::VectorEmitter(Emitter& emitter, const Plan& plan, const Schedule& schedule)
    : e_(emitter),
      plan_(plan),
      schedule_(schedule),
      in_floats_(std::max(plan.channel_count(), emitter.lanes)),
      affine_of_(plan.input_count(), nullptr) {
  for (const Operation& operation : plan.operations()) {
    if (const auto* affine = std::get_if<Affine>(&operation)) affine_of_[affine->input] = affine;
  }
}

void VectorEmitter::emit_functions() {
  for (const LaneShape& shape : schedule_.shapes) emit_function(shape);
}

llvm::Value* VectorEmitter::emit_elements(uint32_t first, uint32_t end) {
  LaneOps ops(e_);
  llvm::Value* bad = llvm::Constant::getNullValue(e_.floats(e_.lanes));
  for (uint32_t group = first; group < end; group += e_.lanes) {
    const uint32_t behind = std::min(group + e_.lanes, end);
    if (std::any_of(&affine_of_[group], &affine_of_[behind - 1] + 1,
                    [](const Affine* affine) { return affine != nullptr; })) {
      emit_affine(group, bad);
    }
  }
  return ops.any(e_.b.CreateFCmpUNO(bad, bad));
}

// In double the difference of two float32 is exact but for its last bits, and so is the product
// with the inverse of scale: rounded once to float32 it is the nearest to the true quotient, but
// for quotients within 2^-51 of halfway between two float32.
void VectorEmitter::emit_affine(uint32_t first, llvm::Value*& bad) {
  LaneOps ops(e_);
  const uint32_t count = std::min(e_.lanes, plan_.input_count() - first);
  // Lanes of other elements repeat an affine one, so that they are finite if it is.
  const Affine* spare = nullptr;
  for (uint32_t lane = count; lane-- > 0;) {
    if (const Affine* affine = affine_of_[first + lane]) spare = affine;
  }
  std::vector<const Affine*> lanes(e_.lanes, spare);
  std::vector<uint32_t> channels(e_.lanes);
  std::vector<float> centers(e_.lanes);
  std::vector<double> factors(e_.lanes);
  for (uint32_t lane = 0; lane < e_.lanes; ++lane) {
    if (lane < count && affine_of_[first + lane] != nullptr) lanes[lane] = affine_of_[first + lane];
    channels[lane] = lanes[lane]->channel;
    centers[lane] = lanes[lane]->center;
    factors[lane] = 1 / double{lanes[lane]->scale};
  }
  auto* narrow = e_.floats(e_.lanes);
  auto* wide = llvm::FixedVectorType::get(e_.b.getDoubleTy(), e_.lanes);
  const Emitter::ConcernScope concern(e_, [&] { return channels_of_elements(first, count); });
  llvm::Value* values = emit_gather(e_, e_.in, in_floats_, channels);
  llvm::Value* center = e_.constant_vector(narrow, centers, "center");
  e_.comment(center, [&] { return coefficients(first, count, "center", &Affine::center); });
  llvm::Value* factor = e_.constant_vector(wide, factors, "inverse_of_scale");
  e_.comment(factor, [&] { return coefficients(first, count, "scale", &Affine::scale); });
  llvm::Value* difference =
      e_.b.CreateFSub(e_.b.CreateFPExt(values, wide), e_.b.CreateFPExt(center, wide));
  llvm::Value* v = e_.b.CreateFPTrunc(e_.b.CreateFMul(difference, factor), narrow);
  emit_types(lanes, values, v, bad);
  bad = ops.fma(v, llvm::Constant::getNullValue(narrow), bad);
  if (e_.notes != nullptr) {
    e_.named(v, "vec." + llvm::Twine(first) + ".." + llvm::Twine(first + count - 1));
  }
  const auto comment = [&](llvm::Value* store, uint32_t from, uint32_t end) {
    e_.comment(store, [&] {
      return "vec " + std::to_string(first + from) + ".." + std::to_string(first + end - 1);
    });
  };
  if (count < e_.lanes) {
    e_.store_exactly(v, count, e_.out, 4 * uint64_t{first}, comment);
  } else {
    comment(e_.store(v, e_.out, 4 * uint64_t{first}, 4), 0, count);
  }
}

Concern VectorEmitter::channels_of_elements(uint32_t first, uint32_t count) const {
  Concern concern;
  for (uint32_t element = first; element < first + count; ++element) {
    if (const Affine* affine = affine_of_[element]) {
      concern.push_back({affine->channel, affine->channel});
    }
  }
  return concern;
}

std::string VectorEmitter::coefficients(uint32_t first, uint32_t count, const char* what,
                                        float Affine::* coefficient) const {
  std::vector<std::pair<uint32_t, float>> numbers;
  for (uint32_t element = first; element < first + count; ++element) {
    const Affine* affine = affine_of_[element];
    if (affine != nullptr) numbers.emplace_back(affine->channel, affine->*coefficient);
  }
  return text_by_channel(plan_, what, std::span(std::as_const(numbers)));
}

void VectorEmitter::emit_types(const std::vector<const Affine*>& lanes, llvm::Value* values,
                               llvm::Value*& elements, llvm::Value*& bad) {
  const auto is_bool = [](const Affine* op) { return op->type == ChannelType::kBool; };
  const auto is_typed = [](const Affine* op) { return op->type != ChannelType::kFloat; };
  if (std::ranges::none_of(lanes, is_typed)) return;
  LaneOps ops(e_);
  auto* type = e_.floats(e_.lanes);
  std::vector<float> min, max, of_false(e_.lanes, 0.0f), of_true(e_.lanes, 0.0f);
  for (uint32_t lane = 0; lane < e_.lanes; ++lane) {
    const Limits limits = whole_limits(*lanes[lane]);
    min.push_back(limits.min);
    max.push_back(limits.max);
    if (!is_bool(lanes[lane])) continue;
    of_false[lane] = input_of_bool(*lanes[lane], false);
    of_true[lane] = input_of_bool(*lanes[lane], true);
  }
  const auto loaded = [&](const char* what, const std::vector<float>& numbers) {
    llvm::Value* vector = e_.constant_vector(type, numbers, what);
    e_.comment(vector, [&] {
      std::vector<std::pair<uint32_t, float>> of_channels;
      for (uint32_t lane = 0; lane < e_.lanes; ++lane) {
        if (is_typed(lanes[lane])) of_channels.emplace_back(lanes[lane]->channel, numbers[lane]);
      }
      return text_by_channel(plan_, what, std::span(std::as_const(of_channels)));
    });
    return vector;
  };
  // NaN is not equal to itself.
  llvm::Value* is_none = e_.b.CreateFCmpUNE(values, ops.round_half_even(values));
  is_none = ops.mask_or(is_none, ops.less(values, loaded("min", min)));
  is_none = ops.mask_or(is_none, ops.greater(values, loaded("max", max)));
  is_none = ops.mask_and(is_none, e_.mask_of(lanes, is_typed));
  bad = ops.select(is_none, ops.constant(std::numeric_limits<float>::quiet_NaN()), bad);
  if (std::ranges::none_of(lanes, is_bool)) return;
  llvm::Value* is_true = e_.b.CreateFCmpUNE(values, llvm::Constant::getNullValue(type));
  llvm::Value* inputs =
      ops.select(is_true, loaded("of_true", of_true), loaded("of_false", of_false));
  elements = ops.select(e_.mask_of(lanes, is_bool), inputs, elements);
}

// Compares the index with those of whole vectors of names.
llvm::Value* VectorEmitter::emit_one_hot(const OneHot& op) {
  LaneOps ops(e_);
  const Emitter::NameScope scope(e_, "one_hot");
  auto* type = e_.floats(e_.lanes);
  llvm::Value* index = e_.load(e_.float_type(), e_.in, 4 * uint64_t{op.channel}, 4);
  llvm::Value* indices = e_.b.CreateVectorSplat(e_.lanes, index);
  llvm::Value* is_any = nullptr;
  for (uint32_t first = 0; first < op.count; first += e_.lanes) {
    const uint32_t count = std::min(e_.lanes, op.count - first);
    std::vector<float> names(e_.lanes, std::numeric_limits<float>::quiet_NaN());
    for (uint32_t lane = 0; lane < count; ++lane) names[lane] = static_cast<float>(first + lane);
    llvm::Value* is_it =
        e_.b.CreateFCmpOEQ(indices, e_.constant_vector(type, names, "indices_of_names"));
    e_.store_exactly(ops.select(is_it, ops.constant(1.0f), ops.constant(0.0f)), count, e_.out,
                     4 * (uint64_t{op.input} + first));
    is_any = is_any == nullptr ? is_it : ops.mask_or(is_any, is_it);
  }
  llvm::Value* is_none = e_.b.CreateICmpEQ(ops.any(is_any), e_.b.getInt32(0));
  return e_.b.CreateZExt(is_none, e_.b.getInt32Ty());
}

// A function's arguments are its channels and pointers to results and, if its lanes differ,
// choices. Results: elements 0 to 3 of every lane (rotations only), then the last two, as
// transpose.h lays them.
void VectorEmitter::emit_function(const LaneShape& shape) {
  const uint32_t channels = shape.results();
  auto* pointer = e_.b.getPtrTy();
  std::vector<llvm::Type*> parameters(channels, e_.floats(e_.lanes));
  parameters.insert(parameters.end(), shape.is_uniform() ? 1 : 2, pointer);
  constexpr const char* kNames[] = {"sin_cos", "rot6d_of_euler", "rot6d_of_quaternion"};
  auto* function = e_.begin_function(kNames[static_cast<size_t>(shape.kind)],
                                     llvm::FunctionType::get(e_.b.getInt32Ty(), parameters, false));
  functions_.push_back(function);
  for (uint32_t k = 0; k < channels; ++k) {
    constexpr const char* kAxes[] = {"rotateX", "rotateY", "rotateZ"};
    constexpr const char* kParts[] = {"quaternionW", "quaternionX", "quaternionY", "quaternionZ"};
    e_.named(function->getArg(k), channels == 1 ? "angle" : channels == 3 ? kAxes[k] : kParts[k]);
  }
  llvm::Value* results = function->getArg(channels);
  results->setName("results");
  llvm::Value* choices = shape.is_uniform() ? nullptr : function->getArg(channels + 1);
  if (choices != nullptr) choices->setName("choices");
  auto [elements, bad] = emit_lanes(shape, function, choices);
  const Emitter::NameScope scope(e_, "side_by_side");
  std::vector<llvm::Value*> rows;
  if (elements.size() == 6) {
    const auto quads = transpose_quads(e_, {elements[0], elements[1], elements[2], elements[3]});
    rows.assign(quads.begin(), quads.end());
  }
  const auto pairs = pair_lanes(e_, elements[elements.size() - 2], elements.back());
  rows.insert(rows.end(), pairs.begin(), pairs.end());
  for (size_t r = 0; r < rows.size(); ++r) {
    e_.store(rows[r], results, r * e_.lanes * 4, e_.lanes * 4);
  }
  e_.b.CreateRet(LaneOps(e_).any(bad));
}

std::pair<std::vector<llvm::Value*>, llvm::Value*> VectorEmitter::emit_lanes(
    const LaneShape& shape, llvm::Function* function, llvm::Value* choices) {
  LaneOps ops(e_);
  const auto argument = [&](uint32_t k) -> llvm::Value* { return function->getArg(k); };
  if (shape.kind == LaneShape::Kind::kAngle) {
    const auto [sin, cos] = emit_sin_cos(ops, argument(0), shape.unit);
    auto* bad = e_.b.CreateFCmpUNO(sin, sin);
    if (shape.cos_first) {
      return {*shape.cos_first ? std::vector{cos, sin} : std::vector{sin, cos}, bad};
    }
    auto* words = e_.load(llvm::FixedVectorType::get(e_.b.getInt32Ty(), e_.lanes), choices, 0, 4,
                          "cos_first");
    auto* is_cos_first = e_.b.CreateICmpSLT(words, llvm::Constant::getNullValue(words->getType()));
    return {{ops.select(is_cos_first, cos, sin), ops.select(is_cos_first, sin, cos)}, bad};
  }
  const Rot6dLanes rot6d =
      shape.kind == LaneShape::Kind::kEuler
          ? emit_rot6d_of_euler(ops, {argument(0), argument(1), argument(2)}, shape.unit,
                                shape.rotation, choices)
          : emit_rot6d_of_quaternion(ops, {argument(0), argument(1), argument(2), argument(3)},
                                     shape.rotation, choices);
  return {{rot6d.elements.begin(), rot6d.elements.end()}, rot6d.degenerate};
}

const Operation& VectorEmitter::operation_of(const LaneGroup& group, uint32_t lane) const {
  // Lanes without an operation repeat the last one.
  return plan_.operations()[group.operations[std::min<size_t>(lane, group.operations.size() - 1)]];
}

std::vector<llvm::Value*> VectorEmitter::load_channels(const LaneGroup& group) {
  const uint32_t count = schedule_.shapes[group.shape].results();
  std::vector<uint32_t> channels;
  for (uint32_t lane = 0; lane < e_.lanes; ++lane) {
    channels.push_back(channel_of(operation_of(group, lane)));
  }
  const Emitter::NameScope scope(e_, "by_channel");
  if (count == 1) return {emit_gather(e_, e_.in, in_floats_, channels)};
  std::vector<llvm::Value*> lanes;
  for (const uint32_t channel : channels) {
    const Emitter::ConcernScope concern(e_, {channel, channel + count - 1});
    lanes.push_back(load_quad(channel, count));
    if (e_.notes != nullptr) {
      e_.named(lanes.back(), names_of_channels(plan_, channel, channel + count - 1));
    }
  }
  std::array<llvm::Value*, 4> rows;
  for (uint32_t r = 0; r < 4; ++r) {
    std::vector<llvm::Value*> parts;
    for (uint32_t quad = 0; quad < e_.lanes; quad += 4) parts.push_back(lanes[quad + r]);
    rows[r] = e_.concat(parts);
  }
  const auto elements = transpose_quads(e_, rows);
  return {elements.begin(), elements.begin() + count};
}

// Four floats that begin with `count` channels; at the end of the values the rest is unspecified.
llvm::Value* VectorEmitter::load_quad(uint32_t channel, uint32_t count) {
  if (channel + 4 <= in_floats_) return e_.load(e_.floats(4), e_.in, 4 * uint64_t{channel}, 4);
  const uint32_t begin = in_floats_ - 4;
  llvm::Value* quad = e_.load(e_.floats(4), e_.in, 4 * uint64_t{begin}, 4);
  std::vector<int> mask(4, 3);
  for (uint32_t k = 0; k < count; ++k) mask[k] = static_cast<int>(channel - begin + k);
  return e_.b.CreateShuffleVector(quad, mask);
}

llvm::Value* VectorEmitter::choices(const LaneGroup& group) {
  std::vector<uint32_t> words;
  std::vector<RotationVariant> variants;
  for (uint32_t lane = 0; lane < e_.lanes; ++lane) {
    const Operation& operation = operation_of(group, lane);
    if (const auto* rotation = std::get_if<Rotation>(&operation)) {
      variants.push_back({rotation->order, rotation->layout});
    } else {
      words.push_back(std::get<Angle>(operation).cos_first ? 0xffffffffu : 0);
    }
  }
  return e_.place_of_constants(variants.empty() ? words : rotation_choices(variants));
}

void VectorEmitter::tell_elements(llvm::Value* store, uint32_t channel, uint64_t first,
                                  uint32_t count) {
  e_.comment(store, [&] {
    return "vec " + std::to_string(first) + ".." + std::to_string(first + count - 1) + ": of " +
           name_of_channel(plan_, channel);
  });
}

llvm::Value* VectorEmitter::emit_group(const LaneGroup& group) {
  std::vector<llvm::Value*> arguments = load_channels(group);
  arguments.push_back(e_.scratch);
  if (!schedule_.shapes[group.shape].is_uniform()) arguments.push_back(choices(group));
  llvm::Value* bad = e_.b.CreateCall(functions_[group.shape], arguments, "bad");
  for (uint32_t lane = 0; lane < group.operations.size(); ++lane) {
    const Operation& operation = operation_of(group, lane);
    const uint32_t channel = channel_of(operation);
    const Emitter::ConcernScope concern(e_, {channel, channel + channel_count_of(operation) - 1});
    const auto* rotation = std::get_if<Rotation>(&operation);
    uint64_t input = rotation ? rotation->input : std::get<Angle>(operation).input;
    const uint64_t quad = lane / 4 * 4;
    uint64_t rows = 0;
    if (rotation) {
      auto* front = e_.load(e_.floats(4), e_.scratch, 4 * (lane % 4 * e_.lanes + quad), 16);
      tell_elements(e_.store(front, e_.out, 4 * input, 4), channel, input, 4);
      input += 4;
      rows = 4;
    }
    const uint64_t place = (rows + lane % 4 / 2) * e_.lanes + quad + lane % 2 * 2;
    auto* pair = e_.load(e_.floats(2), e_.scratch, 4 * place, 8);
    tell_elements(e_.store(pair, e_.out, 4 * input, 4), channel, input, 2);
  }
  return bad;
}

}  // namespace rigjit
