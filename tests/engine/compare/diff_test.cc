#include "rigjit/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/random_plan.h"
#include "plan/plan.h"

namespace rigjit::testing {
namespace {

using ::testing::HasSubstr;

constexpr float kInf = std::numeric_limits<float>::infinity();

template <typename... Steps>
Plan plan_of(Steps... steps) {
  PlanBuilder builder;
  (steps(builder), ...);
  return std::move(builder).build();
}

auto controller(const char* name) {
  return [name](PlanBuilder& b) { b.begin_controller(name); };
}
auto move(uint32_t axis, float scale = 1, float center = 0) {
  return [=](PlanBuilder& b) { b.translation(axis, scale, center); };
}
auto turn(RotateOrder order, Rot6dLayout layout = Rot6dLayout::kColumns,
          AngleUnit unit = AngleUnit::kDegrees, RotationOutput output = RotationOutput::kEuler) {
  return [=](PlanBuilder& b) { b.rotation3d(order, layout, unit, output); };
}
auto constant(const char* name, float value) {
  return [=](PlanBuilder& b) { b.constant(name, value); };
}
auto attribute(const char* name, float min = -kInf, float max = kInf) {
  return [=](PlanBuilder& b) { b.attribute(name, 1, 0, min, max); };
}

std::string text(const Plan& a, const Plan& b) { return to_string(diff(a, b)); }

TEST(Diff, OfEqualPlansIsEmpty) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const RigDiff found = diff(random_plan(seed), random_plan(seed));
    EXPECT_TRUE(found.empty());
    EXPECT_EQ(found.old_hash, found.new_hash);
    EXPECT_EQ(to_string(found), "no difference");
  }
}

TEST(Diff, WhatOnlyGivesWayHasNotMoved) {
  const Plan a = plan_of(controller("a"), move(0), controller("b"), move(0), move(1));
  const Plan b =
      plan_of(controller("n"), turn(RotateOrder::kXYZ), controller("b"), move(0), move(1));
  EXPECT_EQ(text(a, b),
            "inputs: 1 removed, 6 added\n"
            "  - vec[0] a translation: x\n"
            "  + vec[0..5] n rotation3d: a1x a1y a1z a2x a2y a2z\n"
            "channels: 1 removed, 3 added\n"
            "  - values[0] a: translateX\n"
            "  + values[0..2] n: rotateX rotateY rotateZ");
}

TEST(Diff, MovedControllersAreTheFewest) {
  const Plan a = plan_of(controller("a"), move(0), controller("b"), move(0), controller("c"),
                         turn(RotateOrder::kXYZ));
  const Plan b = plan_of(controller("c"), turn(RotateOrder::kXYZ), controller("a"), move(0),
                         controller("b"), move(0));
  EXPECT_EQ(text(a, b),
            "inputs: 2 moved\n"
            "  > vec[0] -> vec[6] a translation: x\n"
            "  > vec[1] -> vec[7] b translation: x\n"
            "channels: 2 moved\n"
            "  > values[0] -> values[3] a: translateX\n"
            "  > values[1] -> values[4] b: translateX");
}

TEST(Diff, CoefficientsAreNamedAsInTheSpec) {
  const Plan a = plan_of(controller("a"), move(0, 2, 1), turn(RotateOrder::kXYZ), attribute("f", 0),
                         constant("k", 1));
  const Plan b = plan_of(controller("a"), move(0, 3, 1),
                         turn(RotateOrder::kZXY, Rot6dLayout::kRows, AngleUnit::kRadians),
                         attribute("f", -kInf, 1), constant("k", -0.0f));
  EXPECT_EQ(text(a, b),
            "coefficients: 7 changed\n"
            "  a.translateX: scale 2 -> 3\n"
            "  a.rotateX, rotateY, rotateZ: rot6d columns -> rows\n"
            "  a.rotateX, rotateY, rotateZ: rotate_order xyz -> zxy\n"
            "  a.rotateX, rotateY, rotateZ: angle_unit degrees -> radians\n"
            "  a.f: min 0 -> none\n"
            "  a.f: max none -> 1\n"
            "  a.k: value 1 -> -0");
}

TEST(Diff, AnotherKindIsAnotherTransformation) {
  const Plan a = plan_of(controller("a"), constant("translateX", 4));
  const Plan b = plan_of(controller("a"), move(0));
  EXPECT_EQ(text(a, b),
            "inputs: 1 added\n"
            "  + vec[0] a translation: x\n"
            "coefficients: 4 changed\n"
            "  a.translateX: transformation constant -> translation\n"
            "  a.translateX: value 4 -> none\n"
            "  a.translateX: scale none -> 1\n"
            "  a.translateX: center none -> 0");
}

TEST(Diff, AnotherOutputKeepsTheInputs) {
  const Plan a = plan_of(controller("a"), turn(RotateOrder::kXYZ));
  const Plan b = plan_of(controller("a"), turn(RotateOrder::kXYZ, Rot6dLayout::kRows,
                                               AngleUnit::kDegrees, RotationOutput::kQuaternion));
  const RigDiff found = diff(a, b);
  EXPECT_TRUE(found.inputs.empty());
  EXPECT_EQ(found.channels.size(), 7u);
  EXPECT_THAT(to_string(found), HasSubstr("rot6d columns -> rows"));
}

TEST(Diff, NamesThatBreakLinesAreEscaped) {
  const Plan a = plan_of(controller("a\nb"), move(0));
  EXPECT_THAT(text(a, plan_of(controller("c"), move(0))), HasSubstr("a\\x0ab"));
}

// A plan with some operations changed, moved or left out.
Plan variant(const Plan& plan, uint64_t seed) {
  std::mt19937_64 bits(seed);
  const auto one_in = [&](uint64_t n) { return bits() % n == 0; };
  struct Visitor {
    const Plan& plan;
    PlanBuilder& builder;
    bool changes;

    void operator()(const Affine& op) const {
      const float scale = changes ? op.scale * 2 : op.scale;
      const Input& input = plan.inputs()[op.input];
      const uint32_t axis = input.component == "x" ? 0 : input.component == "y" ? 1 : 2;
      if (input.transformation == TransformationKind::kTranslation) {
        builder.translation(axis, scale, op.center, op.limits());
      } else if (input.transformation == TransformationKind::kScale) {
        builder.scale(axis, scale, op.center, op.limits());
      } else {
        attribute(op, scale);
      }
    }
    void attribute(const Affine& op, float scale) const {
      const std::string& name = plan.attributes()[op.channel];
      switch (op.type) {
        case ChannelType::kFloat:
          return builder.attribute(name, scale, op.center, op.min, op.max, op.rule);
        case ChannelType::kBool:
          return builder.bool_attribute(name, scale, op.center);
        case ChannelType::kInt:
          return builder.int_attribute(name, op.scale, op.center,
                                       {op.min, op.max, changes ? LimitRule::kError : op.rule});
        case ChannelType::kEnum:
          return builder.enum_attribute(name, names_of(op.channel), op.scale, op.center, op.rule);
      }
    }
    void operator()(const OneHot& op) const {
      builder.one_hot_attribute(plan.attributes()[op.channel], names_of(op.channel));
    }
    [[nodiscard]] std::vector<std::string> names_of(uint32_t channel) const {
      std::vector<std::string> names = plan.enum_names(channel);
      if (changes) names.push_back("one, \"more\"");
      return names;
    }
    void operator()(const Angle& op) const {
      const uint32_t axis = static_cast<uint32_t>(plan.attributes()[op.channel].back() - 'X');
      builder.rotation1d(axis, op.cos_first != changes, op.unit, op.limits);
    }
    void operator()(const Rotation& op) const {
      builder.rotation3d(changes ? RotateOrder::kYXZ : op.order, op.layout, op.unit, op.output,
                         op.limits);
    }
    void operator()(const Constant& op) const {
      builder.constant(plan.attributes()[op.channel], changes ? op.value + 1 : op.value);
    }
  };
  std::vector<uint32_t> controllers(plan.controllers().size());
  for (uint32_t i = 0; i < controllers.size(); ++i) controllers[i] = i;
  const bool shuffles = one_in(2);
  for (uint32_t i = 1; shuffles && i < controllers.size(); ++i) {
    if (one_in(3)) std::swap(controllers[i], controllers[bits() % i]);
  }
  const bool changes = one_in(2);
  const bool drops = one_in(3);
  PlanBuilder builder;
  for (const uint32_t index : controllers) {
    const PlanController& controller = plan.controllers()[index];
    if (drops && one_in(5) && index != controllers.back()) continue;
    builder.begin_controller(controller.name);
    for (const Operation& operation : plan.operations()) {
      if (plan.controller_of(channel_of(operation)) != index) continue;
      std::visit(Visitor{plan, builder, changes && one_in(5)}, operation);
    }
  }
  return std::move(builder).build();
}

TEST(Diff, IsEmptyExactlyForEqualHashes) {
  int equal = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Plan a = random_plan(seed % 20, {.controllers = 8});
    const Plan b = variant(a, seed);
    const RigDiff found = diff(a, b);
    EXPECT_EQ(found.empty(), rig_hash(a) == rig_hash(b)) << seed;
    equal += found.empty();
  }
  EXPECT_GT(equal, 10);
  EXPECT_LT(equal, 150);
}

// Removing what is removed and adding what is added leaves what has the same order or moved.
TEST(Diff, IndicesLeadToWhatTheyName) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const Plan a = random_plan(seed % 20, {.controllers = 8});
    const Plan b = seed % 2 == 0 ? variant(a, seed) : random_plan(seed + 1000);
    const RigDiff found = diff(a, b);
    const auto old_channels = a.channels();
    const auto new_channels = b.channels();
    std::set<uint32_t> removed;
    std::set<uint32_t> added;
    for (const ChannelChange& change : found.channels) {
      for (const auto* channels : {change.old_index ? &old_channels : nullptr,
                                   change.new_index ? &new_channels : nullptr}) {
        if (channels == nullptr) continue;
        const uint32_t index = channels == &old_channels ? *change.old_index : *change.new_index;
        EXPECT_EQ((*channels)[index].controller, change.channel.controller);
        EXPECT_EQ((*channels)[index].attribute, change.channel.attribute);
      }
      if (change.old_index) removed.insert(*change.old_index);
      if (change.new_index) added.insert(*change.new_index);
    }
    std::vector<std::pair<std::string, std::string>> kept[2];
    for (uint32_t i = 0; i < old_channels.size(); ++i) {
      if (!removed.contains(i))
        kept[0].emplace_back(old_channels[i].controller, old_channels[i].attribute);
    }
    for (uint32_t i = 0; i < new_channels.size(); ++i) {
      if (!added.contains(i))
        kept[1].emplace_back(new_channels[i].controller, new_channels[i].attribute);
    }
    EXPECT_EQ(kept[0], kept[1]) << seed;
    EXPECT_EQ(a.input_count() - found.inputs.size() +
                  std::ranges::count(found.inputs, Change::kAdded, &InputChange::change) -
                  std::ranges::count(found.inputs, Change::kRemoved, &InputChange::change),
              b.input_count() - found.inputs.size());
  }
}

}  // namespace
}  // namespace rigjit::testing
