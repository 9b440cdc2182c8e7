// Channels of all types share vectors: each kind of work is done for all lanes, with constants that
// change nothing in the lanes that it is not meant for, and left out where no lane needs it.
#include "codegen/lanes/types_and_limits.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>

#include "codegen/lanes/lane_ops.h"

namespace rigjit {
namespace {

// What MessagePack writes for false; true is the next.
constexpr uint32_t kFalseByte = 0xc2;

bool is_whole(const TypedLane& lane) { return lane.type != ChannelType::kFloat; }

// The least and the greatest number that rounding, half to even, brings within whole limits.
Limits before_rounding(Limits limits) {
  const auto half_beyond = [](float limit, double half) {
    const double beyond = double{limit} + half;
    const auto number = static_cast<float>(beyond);
    if (number != beyond) return limit;  // all floats there are whole
    const bool is_even = std::fmod(limit, 2.0f) == 0;
    return is_even ? number : std::nextafter(number, limit);
  };
  limits.min = half_beyond(limits.min, -0.5);
  limits.max = half_beyond(limits.max, 0.5);
  return limits;
}

// Says whose limits a vector holds.
template <class Has, class LimitOf>
void tell_limits(Emitter& e, llvm::Value* loaded, const char* what, NameOfLane name_of_lane,
                 Has has, LimitOf limit_of) {
  e.comment(loaded, [&] {
    std::string text = what;
    const char* separator = ": ";
    for (uint32_t i = 0; i < e.lanes; ++i) {
      if (!has(i)) continue;
      text += separator + name_of_lane(i) + " " + plain_digits(limit_of(i));
      separator = ", ";
    }
    return text;
  });
}

// One number for all where lanes that are no floats agree: vectors of their own would crowd the
// first-level cache.
template <class T, class NumberOf>
llvm::Value* constant_of_whole(Emitter& e, llvm::StringRef name, llvm::Type* type,
                               const std::vector<TypedLane>& lanes, NumberOf number_of) {
  std::vector<T> numbers;
  std::optional<T> first;
  bool agree = true;
  for (const TypedLane& lane : lanes) {
    numbers.push_back(is_whole(lane) ? number_of(lane) : T{});
    if (!is_whole(lane)) continue;
    agree &= !first || *first == numbers.back();
    first = numbers.back();
  }
  if (!agree) return e.constant_vector(type, numbers, name);
  if constexpr (std::is_same_v<T, float>) {
    return e.splat(*first, name);
  } else {
    return e.splat_bits(*first, name);
  }
}

// <lanes x i32> in that form; unspecified in lanes of floats.
llvm::Value* whole_numbers(Emitter& e, llvm::Value* numbers, const std::vector<TypedLane>& lanes,
                           NameOfLane name_of_lane, ValueForm form) {
  LaneOps ops(e);
  auto* type = llvm::FixedVectorType::get(e.b.getInt32Ty(), e.lanes);
  const auto bits_of_bools = [&](uint32_t bits, llvm::StringRef name) {
    return constant_of_whole<uint32_t>(e, name, type, lanes, [bits](const TypedLane& lane) {
      return lane.type == ChannelType::kBool ? bits : 0;
    });
  };
  const bool any_bool =
      std::ranges::find(lanes, ChannelType::kBool, &TypedLane::type) != lanes.end();
  if (any_bool) {
    // One half is true, yet half to even would take it down: bools take the next float away from
    // zero, and among those between 0 and 1 no other one changes its side.
    numbers = e.b.CreateBitCast(
        e.b.CreateAdd(e.b.CreateBitCast(numbers, type), bits_of_bools(1, "ulp_of_bools")),
        numbers->getType());
  }
  // Those that refuse, too: what is beyond them is bad, whatever becomes of it.
  auto* low = constant_of_whole<float>(e, "min", numbers->getType(), lanes,
                                       [](const TypedLane& lane) { return lane.limits.min; });
  const auto has = [&](uint32_t i) { return is_whole(lanes[i]); };
  tell_limits(e, low, "min", name_of_lane, has, [&](uint32_t i) { return lanes[i].limits.min; });
  numbers = ops.select(ops.less(numbers, low), low, numbers);
  auto* high = constant_of_whole<float>(e, "max", numbers->getType(), lanes,
                                        [](const TypedLane& lane) { return lane.limits.max; });
  tell_limits(e, high, "max", name_of_lane, has, [&](uint32_t i) { return lanes[i].limits.max; });
  numbers = ops.select(ops.greater(numbers, high), high, numbers);
  llvm::Value* whole = ops.to_whole(numbers);
  if (!any_bool || form == ValueForm::kNumbers) return whole;
  return e.b.CreateAdd(whole, bits_of_bools(kFalseByte, "byte_of_false"));
}

llvm::Value* clamped_floats(Emitter& e, llvm::Value* values, const std::vector<TypedLane>& lanes,
                            NameOfLane name_of_lane) {
  LaneOps ops(e);
  std::vector<float> min(e.lanes, -INFINITY), max(e.lanes, INFINITY);
  const auto is_clamped = [&](uint32_t i) {
    const Limits& limits = lanes[i].limits;
    return !is_whole(lanes[i]) && limits.any() && !limits.can_fail();
  };
  bool any_clamped = false;
  for (uint32_t i = 0; i < e.lanes; ++i) {
    if (!is_clamped(i)) continue;
    min[i] = lanes[i].limits.min;
    max[i] = lanes[i].limits.max;
    any_clamped = true;
  }
  if (!any_clamped) return values;
  auto* low = e.constant_vector(e.floats(e.lanes), min, "min");
  tell_limits(e, low, "min", name_of_lane, is_clamped, [&](uint32_t i) { return min[i]; });
  values = ops.select(ops.less(values, low), low, values);
  auto* high = e.constant_vector(e.floats(e.lanes), max, "max");
  tell_limits(e, high, "max", name_of_lane, is_clamped, [&](uint32_t i) { return max[i]; });
  return ops.select(ops.greater(values, high), high, values);
}

// The lanes that are beyond limits that refuse; null if there are no such limits.
llvm::Value* beyond(Emitter& e, llvm::Value* values, const std::vector<TypedLane>& lanes,
                    NameOfLane name_of_lane) {
  LaneOps ops(e);
  std::vector<float> min(e.lanes, -INFINITY), max(e.lanes, INFINITY);
  bool can_fail = false;
  for (uint32_t i = 0; i < e.lanes; ++i) {
    if (!lanes[i].limits.can_fail()) continue;
    const Limits limits = is_whole(lanes[i]) ? before_rounding(lanes[i].limits) : lanes[i].limits;
    min[i] = limits.min;
    max[i] = limits.max;
    can_fail = true;
  }
  if (!can_fail) return nullptr;
  const auto has = [&](uint32_t i) { return lanes[i].limits.can_fail(); };
  auto* low = e.constant_vector(e.floats(e.lanes), min, "refused_below");
  tell_limits(e, low, "refused_below", name_of_lane, has, [&](uint32_t i) { return min[i]; });
  auto* is_below = ops.less(values, low);
  auto* high = e.constant_vector(e.floats(e.lanes), max, "refused_above");
  tell_limits(e, high, "refused_above", name_of_lane, has, [&](uint32_t i) { return max[i]; });
  return ops.mask_or(is_below, ops.greater(values, high));
}

}  // namespace

// Limits come before rounding: they are whole where the type is, so that rounding keeps them, and a
// number within them fits an int32.
llvm::Value* emit_types_and_limits(Emitter& e, llvm::Value* numbers,
                                   const std::vector<TypedLane>& lanes, NameOfLane name_of_lane,
                                   ValueForm form, llvm::Value*& bad) {
  const Emitter::NameScope scope(e, "limited");
  LaneOps ops(e);
  const bool any_whole = std::ranges::any_of(lanes, is_whole);
  llvm::Value* whole = any_whole ? whole_numbers(e, numbers, lanes, name_of_lane, form) : nullptr;
  numbers = clamped_floats(e, numbers, lanes, name_of_lane);
  llvm::Value* refused = beyond(e, numbers, lanes, name_of_lane);
  if (refused != nullptr) {
    bad = ops.select(refused, ops.constant(std::numeric_limits<float>::quiet_NaN()), bad);
  }
  if (!any_whole) return numbers;
  llvm::Value* mask = e.mask_vector(lanes, is_whole);
  if (form == ValueForm::kNumbers) {
    llvm::Value* written = ops.select(mask, e.b.CreateSIToFP(whole, numbers->getType()), numbers);
    return refused == nullptr ? written : ops.select(refused, numbers, written);
  }
  whole = ops.select(mask, whole, e.b.CreateBitCast(numbers, whole->getType()));
  return e.b.CreateBitCast(whole, numbers->getType());
}

}  // namespace rigjit
