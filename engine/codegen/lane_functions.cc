// Operations to lanes and back, by transposing. What the vector has side by side are the elements
// of one operation; what arithmetic wants side by side is one element of many operations. Four
// elements of each operation are loaded as a quad, quads are put together to vectors, and 4x4
// matrices of them are transposed with shuffles within 128 bits, the cheapest there are: loads and
// shuffles beat a gather and beat inserting elements one by one. So places of a group count rows of
// quads (LaneShape::lane_of), and the same transposition brings results of one operation side by
// side again.
#include "codegen/lane_functions.h"

#include <algorithm>

#include "code/program.h"
#include "codegen/channel_names.h"
#include "codegen/lanes/angles.h"
#include "codegen/lanes/continuity.h"
#include "codegen/lanes/transpose.h"
#include "plan/words.h"

namespace rigjit {
namespace {

std::string name_of(const LaneShape& shape) {
  const std::string unit = shape.unit == AngleUnit::kDegrees ? ".degrees" : ".radians";
  switch (shape.kind) {
    case LaneShape::Kind::kAngle:
      return "rotation1d" + unit +
             (!shape.cos_first   ? ".mixed"
              : *shape.cos_first ? ".cos_sin"
                                 : ".sin_cos");
    case LaneShape::Kind::kEuler:
      return "rotation3d" + unit +
             (!shape.rotation ? ".mixed"
                              : std::string(".") + to_string(shape.rotation->order) + "." +
                                    word_of(shape.rotation->layout));
    case LaneShape::Kind::kQuaternion:
      return "rotation3d.quaternion." +
             std::string(shape.rotation ? word_of(shape.rotation->layout) : "mixed");
  }
  return {};
}

RotationVariant variant_of(const Operation& operation) {
  const auto& rotation = std::get<Rotation>(operation);
  return {rotation.order, rotation.layout};
}

}  // namespace

void LaneFunctions::emit_functions() {
  for (const LaneShape& shape : schedule_.shapes) emit_function(shape);
}

void LaneFunctions::emit_function(const LaneShape& shape) {
  auto* pointer = e_.b.getPtrTy();
  const std::vector<llvm::Type*> parameters(
      2 + (shape.is_uniform() ? 0 : 1) + (is_continuous_ ? 2 : 0), pointer);
  auto* function = e_.begin_function(name_of(shape),
                                     llvm::FunctionType::get(e_.b.getInt32Ty(), parameters, false));
  functions_.push_back(function);
  llvm::Value* inputs = function->getArg(0);
  llvm::Value* results = function->getArg(1);
  llvm::Value* choices = shape.is_uniform() ? nullptr : function->getArg(2);
  inputs->setName("inputs");
  results->setName("results");
  if (choices != nullptr) choices->setName("choices");
  if (is_continuous_) {
    e_.previous = function->getArg(shape.is_uniform() ? 2 : 3);
    e_.next = function->getArg(shape.is_uniform() ? 3 : 4);
    e_.previous->setName("previous");
    e_.next->setName("next");
  }

  std::vector<llvm::Value*> elements;
  for (uint32_t k = 0; k < shape.inputs(); ++k) {
    elements.push_back(
        e_.load(e_.floats(e_.lanes), inputs, uint64_t{k} * e_.lanes * 4, 4 * e_.lanes));
    e_.named(elements.back(), name_of_element(shape, k));
  }
  LaneOps ops(e_);
  const RotationLanes lanes = shape.kind == LaneShape::Kind::kAngle
                                  ? angles(ops, shape, elements, choices)
                                  : rotations(ops, shape, elements, choices);
  for (size_t k = 0; k < lanes.values.size(); ++k) {
    e_.store(lanes.values[k], results, k * e_.lanes * 4, 4 * e_.lanes);
  }
  e_.b.CreateRet(ops.any(lanes.degenerate));
}

RotationLanes LaneFunctions::angles(LaneOps& ops, const LaneShape& shape,
                                    const std::vector<llvm::Value*>& elements,
                                    llvm::Value* choices) {
  const Emitter::NameScope scope(e_, "angle");
  llvm::Value* sin = elements[0];
  llvm::Value* cos = elements[1];
  if (!shape.cos_first) {
    auto* words = e_.load(llvm::FixedVectorType::get(e_.b.getInt32Ty(), e_.lanes), choices, 0, 4,
                          "cos_first");
    auto* is_cos_first = e_.b.CreateICmpSLT(words, llvm::Constant::getNullValue(words->getType()));
    sin = ops.select(is_cos_first, elements[1], elements[0]);
    cos = ops.select(is_cos_first, elements[0], elements[1]);
  } else if (*shape.cos_first) {
    std::swap(sin, cos);
  }
  llvm::Value* angle = emit_atan2(ops, sin, cos, shape.unit);
  if (is_continuous_) {
    angle = emit_nearest_turn(ops, angle, remembered(shape)[0], shape.unit);
    remember({angle});
  }
  e_.named(angle, "angle");
  return {{angle}, ops.unusable_pair(sin, cos)};
}

// The results of one operation side by side: columns of lanes become rows of operations.
RotationLanes LaneFunctions::rotations(LaneOps& ops, const LaneShape& shape,
                                       const std::vector<llvm::Value*>& elements,
                                       llvm::Value* choices) {
  std::array<llvm::Value*, 6> inputs;
  std::ranges::copy(elements, inputs.begin());
  std::vector<llvm::Value*> before;
  if (is_continuous_) before = remembered(shape);
  const RotationLanes lanes =
      shape.kind == LaneShape::Kind::kEuler
          ? emit_euler(ops, inputs, shape.unit, shape.rotation, choices, before)
          : emit_quaternion(ops, inputs, shape.rotation, choices, before);
  if (is_continuous_) remember(lanes.values);
  constexpr std::array<const char*, 3> kAngles = {"rotateX", "rotateY", "rotateZ"};
  constexpr std::array<const char*, 4> kComponents = {"quaternionW", "quaternionX", "quaternionY",
                                                      "quaternionZ"};
  for (size_t k = 0; k < lanes.values.size(); ++k) {
    e_.named(lanes.values[k], shape.kind == LaneShape::Kind::kEuler ? kAngles[k] : kComponents[k]);
  }
  const Emitter::NameScope scope(e_, "side_by_side");
  Quads columns;
  columns.fill(llvm::PoisonValue::get(e_.floats(e_.lanes)));
  std::ranges::copy(lanes.values, columns.begin());
  const Quads rows = transpose_quads(e_, columns);
  return {{rows.begin(), rows.end()}, lanes.degenerate};
}

std::vector<llvm::Value*> LaneFunctions::load_places(const LaneGroup& group, uint32_t offset,
                                                     uint32_t count) {
  std::vector<llvm::Value*> places;
  for (uint32_t index : group.operations) {
    const Operation& operation = plan_.operations()[index];
    const auto* rotation = std::get_if<Rotation>(&operation);
    const uint64_t input = rotation ? rotation->input : std::get<Angle>(operation).input;
    const uint32_t channel = channel_of(operation);
    const Emitter::ConcernScope concern(e_, {channel, channel + channel_count_of(operation) - 1});
    places.push_back(e_.load(e_.floats(count), e_.in, 4 * (input + offset), 4));
    if (e_.notes == nullptr) continue;
    const auto first = static_cast<uint32_t>(input + offset);
    e_.named(places.back(), "vec." + llvm::Twine(first) + ".." + llvm::Twine(first + count - 1));
    e_.comment(places.back(), [&] {
      return names_of_channels(plan_, channel, channel + channel_count_of(operation) - 1);
    });
  }
  // Places without an operation repeat the last one: their results are never read.
  places.resize(e_.lanes, places.back());
  return places;
}

void LaneFunctions::store_input(uint32_t element, llvm::Value* lanes) {
  e_.store(lanes, e_.scratch, 4 * uint64_t{schedule_.inputs + element * e_.lanes}, 4 * e_.lanes);
}

// What a dump calls an input of a shape's function, as the vector has it.
std::string LaneFunctions::name_of_element(const LaneShape& shape, uint32_t k) {
  if (shape.kind != LaneShape::Kind::kAngle) return "rot6d." + std::to_string(k);
  if (!shape.cos_first) return "element." + std::to_string(k);
  return (k == 1) == *shape.cos_first ? "sin" : "cos";
}

// Row r holds, in quad q, four floats of the operation whose lane is 4q + r.
void LaneFunctions::load_rotations(const LaneGroup& group) {
  const Emitter::NameScope scope(e_, "by_element");
  const auto columns = [&](uint32_t offset) {
    const auto places = load_places(group, offset, 4);
    Quads rows;
    for (uint32_t r = 0; r < 4; ++r) {
      const auto first = places.begin() + r * (e_.lanes / 4);
      rows[r] = e_.concat({first, first + e_.lanes / 4});
    }
    return transpose_quads(e_, rows);
  };
  // Elements 0 to 3 and 2 to 5: nothing behind the sixth is read.
  const Quads front = columns(0);
  const Quads back = columns(2);
  for (uint32_t k = 0; k < 4; ++k) store_input(k, front[k]);
  for (uint32_t k = 4; k < 6; ++k) store_input(k, back[k - 2]);
}

void LaneFunctions::load_angles(const LaneGroup& group) {
  const Emitter::NameScope scope(e_, "by_element");
  const auto places = load_places(group, 0, 2);
  // Two vectors hold the pairs of four operations a quad: two in one, two in the other.
  std::array<llvm::Value*, 2> halves;
  for (uint32_t h = 0; h < 2; ++h) {
    std::vector<llvm::Value*> pairs;
    for (uint32_t quad = 0; quad < e_.lanes; quad += 4) {
      const auto first = places.begin() + quad + 2 * h;
      pairs.insert(pairs.end(), first, first + 2);
    }
    halves[h] = e_.concat(pairs);
  }
  for (uint32_t element = 0; element < 2; ++element) {
    std::vector<int> mask;
    for (uint32_t quad = 0; quad < e_.lanes; quad += 4) {
      for (uint32_t at : {quad, quad + 2, e_.lanes + quad, e_.lanes + quad + 2}) {
        mask.push_back(static_cast<int>(at + element));
      }
    }
    store_input(element, e_.b.CreateShuffleVector(halves[0], halves[1], mask));
  }
}

llvm::Value* LaneFunctions::choices(const LaneGroup& group) {
  const LaneShape& shape = schedule_.shapes[group.shape];
  const bool is_angle = shape.kind == LaneShape::Kind::kAngle;
  std::vector<uint32_t> words(e_.lanes, 0);
  std::vector<RotationVariant> variants(e_.lanes);
  for (uint32_t place = 0; place < e_.lanes; ++place) {
    const size_t member = std::min<size_t>(place, group.operations.size() - 1);
    const Operation& operation = plan_.operations()[group.operations[member]];
    const uint32_t lane = shape.lane_of(place, e_.lanes);
    if (is_angle) {
      words[lane] = std::get<Angle>(operation).cos_first ? 0xffffffffu : 0;
    } else {
      variants[lane] = variant_of(operation);
    }
  }
  return e_.place_of_constants(is_angle ? words : rotation_choices(variants));
}

llvm::Value* LaneFunctions::emit_call(const LaneGroup& group) {
  if (schedule_.shapes[group.shape].kind == LaneShape::Kind::kAngle) {
    load_angles(group);
  } else {
    load_rotations(group);
  }
  std::vector<llvm::Value*> arguments = {e_.at(e_.scratch, 4 * uint64_t{schedule_.inputs}),
                                         e_.at(e_.scratch, 4 * uint64_t{group.results})};
  if (!schedule_.shapes[group.shape].is_uniform()) arguments.push_back(choices(group));
  if (is_continuous_) {
    for (llvm::Value* state : {e_.previous, e_.next}) {
      arguments.push_back(e_.at(state, 4 * uint64_t{group.state}));
    }
  }
  llvm::Value* bad = e_.b.CreateCall(functions_[group.shape], arguments, "bad");
  e_.comment(bad, [&] { return text_of_lanes(group); });
  return bad;
}

std::string LaneFunctions::text_of_lanes(const LaneGroup& group) const {
  std::string text = "lanes:";
  for (const uint32_t index : group.operations) {
    const Operation& operation = plan_.operations()[index];
    const uint32_t channel = channel_of(operation);
    text += (text.ends_with(':') ? " " : ", ") +
            names_of_channels(plan_, channel, channel + channel_count_of(operation) - 1);
  }
  return text + "; results from float " + std::to_string(group.results) + " of the scratch";
}

std::vector<llvm::Value*> LaneFunctions::remembered(const LaneShape& shape) {
  std::vector<llvm::Value*> lanes;
  for (uint32_t k = 0; k < shape.results(); ++k) {
    lanes.push_back(e_.load(e_.floats(e_.lanes), e_.previous, uint64_t{k} * e_.lanes * 4,
                            kStateAlignment, "before"));
  }
  return lanes;
}

void LaneFunctions::remember(const std::vector<llvm::Value*>& lanes) {
  for (size_t k = 0; k < lanes.size(); ++k) {
    e_.store(lanes[k], e_.next, k * e_.lanes * 4, kStateAlignment);
  }
}

}  // namespace rigjit
