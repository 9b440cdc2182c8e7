#include "codegen/lane_functions.h"

#include <algorithm>

#include "codegen/angles.h"
#include "codegen/transpose.h"

namespace rigjit {
namespace {

const char* name_of(RotateOrder order) {
  constexpr const char* kNames[] = {"xyz", "yzx", "zxy", "xzy", "yxz", "zyx"};
  return kNames[static_cast<size_t>(order)];
}

const char* name_of(Rot6dLayout layout) {
  constexpr const char* kNames[] = {"columns", "rows", "interleaved"};
  return kNames[static_cast<size_t>(layout)];
}

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
                              : std::string(".") + name_of(shape.rotation->order) + "." +
                                    name_of(shape.rotation->layout));
    case LaneShape::Kind::kQuaternion:
      return std::string("rotation3d.quaternion.") +
             (shape.rotation ? name_of(shape.rotation->layout) : "mixed");
  }
  return {};
}

RotationVariant variant_of(const Operation& operation) {
  const auto& rotation = std::get<Rotation>(operation);
  return {rotation.order, rotation.layout};
}

}  // namespace

// The results of one operation side by side, in the order of load_rotations.
std::vector<llvm::Value*> LaneFunctions::rows_of(const std::vector<llvm::Value*>& columns) {
  Quads quads;
  quads.fill(llvm::PoisonValue::get(columns[0]->getType()));
  std::ranges::copy(columns, quads.begin());
  const Quads rows = transpose_quads(e_, quads);
  return {rows.begin(), rows.end()};
}

void LaneFunctions::emit_functions() {
  for (const LaneShape& shape : schedule_.shapes) emit_function(shape);
}

void LaneFunctions::emit_function(const LaneShape& shape) {
  const bool is_angle = shape.kind == LaneShape::Kind::kAngle;
  auto* pointer = e_.b.getPtrTy();
  std::vector<llvm::Type*> parameters(is_angle ? 2 : 6, e_.floats(e_.lanes));
  parameters.insert(parameters.end(), {pointer, pointer, pointer});
  auto* function = e_.begin_function(name_of(shape),
                                     llvm::FunctionType::get(e_.b.getInt32Ty(), parameters, false));
  functions_.push_back(function);
  const uint32_t count = is_angle ? 2 : 6;
  llvm::Value* results = function->getArg(count);
  e_.table_pointer = function->getArg(count + 1);
  llvm::Value* choices = function->getArg(count + 2);
  results->setName("results");
  e_.table_pointer->setName("table");
  choices->setName("choices");

  LaneOps ops(e_);
  RotationLanes lanes;
  if (is_angle) {
    llvm::Value* sin = function->getArg(0);
    llvm::Value* cos = function->getArg(1);
    if (!shape.cos_first) {
      auto* words = e_.load(llvm::FixedVectorType::get(e_.b.getInt32Ty(), e_.lanes), choices, 0, 4);
      auto* is_cos_first =
          e_.b.CreateICmpSLT(words, llvm::Constant::getNullValue(words->getType()));
      llvm::Value* first = sin;
      sin = ops.select(is_cos_first, cos, first);
      cos = ops.select(is_cos_first, first, cos);
    } else if (*shape.cos_first) {
      std::swap(sin, cos);
    }
    lanes = {{emit_atan2(ops, sin, cos, shape.unit)}, ops.unusable_pair(sin, cos)};
  } else {
    std::array<llvm::Value*, 6> inputs;
    for (uint32_t k = 0; k < 6; ++k) inputs[k] = function->getArg(k);
    lanes = shape.kind == LaneShape::Kind::kEuler
                ? emit_euler(ops, inputs, shape.unit, shape.rotation, choices)
                : emit_quaternion(ops, inputs, shape.rotation, choices);
  }
  if (!is_angle) lanes.values = rows_of(lanes.values);
  for (size_t k = 0; k < lanes.values.size(); ++k) {
    e_.store(lanes.values[k], results, k * e_.lanes * 4, e_.lanes * 4);
  }
  e_.b.CreateRet(ops.any(lanes.degenerate));
}

std::vector<llvm::Value*> LaneFunctions::load_places(const LaneGroup& group, uint32_t offset,
                                                    uint32_t count) {
  const ControllerRange of_group = e_.range();
  std::vector<llvm::Value*> places;
  for (uint32_t index : group.operations) {
    const Operation& operation = plan_.operations()[index];
    const auto* rotation = std::get_if<Rotation>(&operation);
    const uint64_t input = rotation ? rotation->input : std::get<Angle>(operation).input;
    const uint32_t controller = plan_.controller_of(channel_of(operation));
    e_.set_range({controller, controller});
    places.push_back(e_.load(e_.floats(count), e_.in, 4 * (input + offset), 4,
                             plan_.controllers()[controller].name));
  }
  e_.set_range(of_group);
  // Places without an operation repeat the last one: their results are never read.
  places.resize(e_.lanes, places.back());
  return places;
}

// Row r holds, in quad q, four floats of the operation at place r * quads + q of the group; when
// rows have become columns it is lane 4q + r.
std::vector<llvm::Value*> LaneFunctions::load_rotations(const LaneGroup& group) {
  const uint32_t quads = e_.lanes / 4;
  const auto columns = [&](uint32_t offset) {
    const std::vector<llvm::Value*> places = load_places(group, offset, 4);
    Quads rows;
    for (uint32_t r = 0; r < 4; ++r) {
      rows[r] = e_.concat({places.begin() + r * quads, places.begin() + (r + 1) * quads});
    }
    return transpose_quads(e_, rows);
  };
  // Elements 0 to 3 and 2 to 5: nothing behind the sixth is read.
  const Quads front = columns(0);
  const Quads back = columns(2);
  return {front[0], front[1], front[2], front[3], back[2], back[3]};
}

std::vector<llvm::Value*> LaneFunctions::load_angles(const LaneGroup& group) {
  const uint32_t quads = e_.lanes / 4;
  const std::vector<llvm::Value*> places = load_places(group, 0, 2);
  std::array<llvm::Value*, 2> halves;
  for (uint32_t h = 0; h < 2; ++h) {
    std::vector<llvm::Value*> parts;
    for (uint32_t q = 0; q < quads; ++q) {
      parts.insert(parts.end(), {places[4 * q + 2 * h], places[4 * q + 2 * h + 1]});
    }
    halves[h] = e_.concat(parts);
  }
  std::vector<llvm::Value*> result;
  for (int element = 0; element < 2; ++element) {
    std::vector<int> mask;
    for (int q = 0; q < static_cast<int>(quads); ++q) {
      const int other = static_cast<int>(e_.lanes);
      mask.insert(mask.end(), {4 * q + element, 4 * q + element + 2, other + 4 * q + element,
                               other + 4 * q + element + 2});
    }
    result.push_back(e_.b.CreateShuffleVector(halves[0], halves[1], mask));
  }
  return result;
}

std::optional<uint32_t> LaneFunctions::choices(const LaneGroup& group) {
  const LaneShape& shape = schedule_.shapes[group.shape];
  const auto at_place = [&](uint32_t place) -> const Operation& {
    return plan_
        .operations()[group.operations[std::min<size_t>(place, group.operations.size() - 1)]];
  };
  if (shape.kind == LaneShape::Kind::kAngle) {
    if (shape.cos_first) return {};
    std::vector<uint32_t> words;
    for (uint32_t lane = 0; lane < e_.lanes; ++lane) {
      words.push_back(std::get<Angle>(at_place(lane)).cos_first ? 0xffffffffu : 0);
    }
    return e_.table.intern(words);
  }
  if (shape.rotation) return {};
  std::vector<RotationVariant> variants;
  for (uint32_t lane = 0; lane < e_.lanes; ++lane) {
    variants.push_back(variant_of(at_place(lane % 4 * (e_.lanes / 4) + lane / 4)));
  }
  return e_.table.intern(rotation_choices(variants));
}

llvm::Value* LaneFunctions::emit_call(const LaneGroup& group) {
  const bool is_angle = schedule_.shapes[group.shape].kind == LaneShape::Kind::kAngle;
  std::vector<llvm::Value*> arguments = is_angle ? load_angles(group) : load_rotations(group);
  const auto offset = choices(group);
  arguments.push_back(e_.at(e_.scratch, 4 * uint64_t{group.scratch}));
  arguments.push_back(e_.table_pointer);
  arguments.push_back(e_.at(e_.table_pointer, offset.value_or(0)));
  return e_.b.CreateCall(functions_[group.shape], arguments, "bad");
}

}  // namespace rigjit
