#include <gtest/gtest.h>

#include <set>

#include "engine/plan/sample_plan.h"
#include "engine/random_plan.h"
#include "plan/plan.h"

namespace rigjit::testing {
namespace {

std::string hex(const std::vector<uint8_t>& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string text_field(const std::string& value) {
  std::vector<uint8_t> bytes = {static_cast<uint8_t>(value.size()), 0, 0, 0};
  bytes.insert(bytes.end(), value.begin(), value.end());
  return hex(bytes);
}

// A failure here means that every cache and every stored hash is invalid: see canonical.md.
TEST(Canonical, BytesArePinned) {
  std::string expected =
      "726967706c616e0a"
      "01000000"
      "03000000";
  expected += text_field("x_main_CTRL") + "06000000";
  expected += text_field("l_elbow_CTRL") + "06000000";
  expected += text_field("head") + "05000000";
  expected += "0c000000";
  expected += "00" + text_field("translateX") +
              "0000c841"
              "00000000"
              "000080ff"
              "0000807f";
  expected += "00" + text_field("translateZ") +
              "cdcccc3d"
              "00000080"
              "000080ff"
              "0000807f";
  expected += "03" + text_field("scaleY") +
              "6666663f"
              "cdcc8c3f"
              "000080ff"
              "0000807f";
  expected += "01" + text_field("rotateX") + text_field("rotateY") + text_field("rotateZ") +
              "02"
              "01"
              "00"
              "00";
  expected += "02" + text_field("rotateY") +
              "00"
              "00";
  expected += "02" + text_field("rotateZ") +
              "01"
              "01";
  expected += "04" + text_field("FK_roll") +
              "0000003f"
              "0000003f"
              "00000000"
              "0000803f";
  expected += "04" + text_field("bend") +
              "0000803f"
              "00000000"
              "000080ff"
              "00002040";
  expected += "04" + text_field("curl") +
              "08e53c9e"
              "e6b1617f"
              "00000080"
              "0000807f";
  expected += "05" + text_field("IK_FK") + "0000803f";
  expected += "01" + text_field("quaternionW") + text_field("quaternionX") +
              text_field("quaternionY") + text_field("quaternionZ") +
              "00"
              "02"
              "00"
              "01";
  expected += "05" + text_field("rest") + "00000080";
  EXPECT_EQ(hex(canonical_bytes(sample_plan())), expected);
}

TEST(Canonical, HashIsPinned) {
  EXPECT_EQ(rig_hash(sample_plan()).to_hex(), "52595d342127886a5f1e0bbcbf569d01");
  EXPECT_EQ(rig_hash(PlanBuilder().build()).to_hex(), "34b22cad7646a5099784e847fce81d1a");
}

TEST(Canonical, BytesOfTypesAndLimitsArePinned) {
  const Plan plan = plan_of([](PlanBuilder& b) {
    b.bool_attribute("b", 1, 0.5f);
    b.int_attribute("i", 1, 0, {-1, kNoLimit});
    b.enum_attribute("e", {"x", "yz"}, 1, 0, LimitRule::kError);
    b.one_hot_attribute("o", {"x", "yz"});
    b.translation(0, 1, 0, {0, 1, LimitRule::kError});
    b.rotation1d(0, false, AngleUnit::kDegrees, {0, kNoLimit});
  });
  const std::string names = "02000000" + text_field("x") + text_field("yz");
  const std::string none = "000080ff", above = "0000807f", one = "0000803f", zero = "00000000";
  const std::string expected =
      "726967706c616e0a0100000001000000" + text_field("c") + "06000000" + "06000000" +  //
      "06" + text_field("b") + "01" + one + "0000003f" + none + above +                 //
      "06" + text_field("i") + "02" + one + zero + "000080bf" + "0000804b" +            //
      "06" + text_field("e") + "03" + one + zero + zero + one + names +                 //
      "08" + "01" + zero + one +                                                        //
      "07" + text_field("o") + names +                                                  //
      "00" + text_field("translateX") + one + zero + zero + one +                       //
      "08" + "01" + zero + one +                                                        //
      "02" + text_field("rotateX") + "00" + "00" +                                      //
      "08" + "00" + zero + above;
  EXPECT_EQ(hex(canonical_bytes(plan)), expected);
}

TEST(Canonical, HashIsPrintedHighHalfFirst) {
  EXPECT_EQ((Hash128{0x0123456789abcdef, 0xfedcba9876543210}).to_hex(),
            "0123456789abcdeffedcba9876543210");
}

template <class Fill>
std::string hash_of(Fill fill) {
  return rig_hash(plan_of(fill)).to_hex();
}

TEST(Canonical, EveryFieldMatters) {
  using B = PlanBuilder&;
  constexpr auto kXYZ = RotateOrder::kXYZ;
  constexpr auto kEuler = RotationOutput::kEuler;
  constexpr auto kDegrees = AngleUnit::kDegrees;
  constexpr auto kColumns = Rot6dLayout::kColumns;
  const std::vector<std::string> hashes = {
      hash_of([](B b) { b.attribute("translateX", 1, 0, -kNoLimit, kNoLimit); }),
      hash_of([](B b) { b.attribute("translateY", 1, 0, -kNoLimit, kNoLimit); }),
      hash_of([](B b) { b.attribute("translateX", 2, 0, -kNoLimit, kNoLimit); }),
      hash_of([](B b) { b.attribute("translateX", 1, -0.0f, -kNoLimit, kNoLimit); }),
      hash_of([](B b) { b.attribute("translateX", 1, 0, 0, kNoLimit); }),
      hash_of([](B b) { b.attribute("translateX", 1, 0, -0.0f, kNoLimit); }),
      hash_of([](B b) { b.attribute("translateX", 1, 0, -kNoLimit, 0); }),
      hash_of([](B b) { b.translation(0, 1, 0); }),
      hash_of([](B b) { b.scale(0, 1, 0); }),
      hash_of([](B b) { b.constant("translateX", 0); }),
      hash_of([](B b) { b.constant("translateX", -0.0f); }),
      hash_of([](B b) { b.rotation1d(0, false, kDegrees); }),
      hash_of([](B b) { b.rotation1d(1, false, kDegrees); }),
      hash_of([](B b) { b.rotation1d(0, true, kDegrees); }),
      hash_of([](B b) { b.rotation1d(0, false, AngleUnit::kRadians); }),
      hash_of([](B b) { b.rotation3d(kXYZ, kColumns, kDegrees, kEuler); }),
      hash_of([](B b) { b.rotation3d(RotateOrder::kZYX, kColumns, kDegrees, kEuler); }),
      hash_of([](B b) { b.rotation3d(kXYZ, Rot6dLayout::kRows, kDegrees, kEuler); }),
      hash_of([](B b) { b.rotation3d(kXYZ, kColumns, AngleUnit::kRadians, kEuler); }),
      hash_of([](B b) { b.rotation3d(kXYZ, kColumns, kDegrees, RotationOutput::kQuaternion); }),
  };
  EXPECT_EQ(std::set<std::string>(hashes.begin(), hashes.end()).size(), hashes.size());
}

TEST(Canonical, WhereAControllerEndsMatters) {
  PlanBuilder one;
  one.begin_controller("a");
  one.constant("x", 1);
  one.constant("y", 1);
  one.begin_controller("b");
  one.constant("z", 1);
  PlanBuilder other;
  other.begin_controller("a");
  other.constant("x", 1);
  other.begin_controller("b");
  other.constant("y", 1);
  other.constant("z", 1);
  EXPECT_NE(rig_hash(std::move(one).build()), rig_hash(std::move(other).build()));
}

TEST(Canonical, ANamespaceIsNoPartOfIt) {
  const auto plan_in = [](const char* name_space, const char* name) {
    PlanBuilder builder(name_space);
    builder.begin_controller(name);
    builder.translation(0, 1, 0);
    return std::move(builder).build();
  };
  const Plan plain = plan_in("", "arm");
  const Plan nested = plan_in("shot:hero", "arm");
  EXPECT_EQ(nested.controllers()[0].name, "shot:hero:arm");
  EXPECT_EQ(nested.inputs()[0].controller, "shot:hero:arm");
  EXPECT_EQ(canonical_bytes(nested), canonical_bytes(plain));
  // A colon of the spec's own is part of the name.
  EXPECT_NE(rig_hash(plan_in("", "hero:arm")), rig_hash(plain));
  EXPECT_EQ(rig_hash(plan_in("shot", "hero:arm")), rig_hash(plan_in("", "hero:arm")));
}

TEST(Canonical, AQuaternionHasNeitherOrderNorUnit) {
  const auto quaternion = [](RotateOrder order, AngleUnit unit) {
    return hash_of([&](PlanBuilder& b) {
      b.rotation3d(order, Rot6dLayout::kRows, unit, RotationOutput::kQuaternion);
    });
  };
  EXPECT_EQ(quaternion(RotateOrder::kXYZ, AngleUnit::kDegrees),
            quaternion(RotateOrder::kYXZ, AngleUnit::kRadians));
}

TEST(Canonical, RandomPlansDiffer) {
  std::set<std::string> hashes;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    hashes.insert(rig_hash(random_plan(seed)).to_hex());
    EXPECT_EQ(rig_hash(random_plan(seed)), rig_hash(random_plan(seed)));
  }
  EXPECT_EQ(hashes.size(), 100u);
}

}  // namespace
}  // namespace rigjit::testing
