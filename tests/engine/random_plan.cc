#include "engine/random_plan.h"

#include <array>
#include <cmath>
#include <string>
#include <unordered_set>
#include <utility>

#include "engine/random.h"

namespace rigjit::testing {
namespace {

constexpr std::array<const char*, 8> kPieces = {"\xc3\xa9",          // e acute
                                                "\xd0\x96",          // Cyrillic Zhe
                                                "\xe6\x89\x8b",      // CJK: hand
                                                "\xf0\x9f\xa6\xb4",  // a bone, outside the BMP
                                                "e\xcc\x81",         // e and a combining acute
                                                " ",
                                                "\"'\\{}: ",
                                                "\n\t\x7f"};

class PlanMaker {
 public:
  PlanMaker(uint64_t seed, const RandomPlanOptions& options)
      : bits_(seed), random_(bits_), options_(options) {}

  Plan make() {
    for (uint32_t i = 0; i < options_.controllers; ++i) {
      builder_.begin_controller(unique_name("ctrl", i));
      taken_.clear();
      const uint32_t wanted = 1 + random_.below(options_.max_transformations);
      uint32_t made = 0;
      while (made < wanted) made += transformation() ? 1 : 0;
    }
    return std::move(builder_).build();
  }

 private:
  // Letters of a Maya name, a number that keeps it unique, and now and then a long or odd tail.
  std::string unique_name(const char* stem, uint32_t number) {
    std::string name = stem + std::to_string(number);
    if (options_.unusual_names && random_.chance(0.3)) {
      for (uint32_t i = 1 + random_.below(6); i > 0; --i) {
        name += kPieces[random_.below(kPieces.size())];
      }
    }
    if (random_.chance(0.6)) name += "_CTRL";
    if (options_.long_names && random_.chance(0.2)) {
      const size_t size = random_.chance(0.25) ? 250 + random_.below(600) : 28 + random_.below(12);
      while (name.size() < size) name += static_cast<char>('a' + random_.below(26));
    }
    return name;
  }

  // False when the attributes are already taken.
  bool transformation() {
    const uint32_t axis = random_.below(3);
    switch (random_.below(8)) {
      case 0: {
        if (!taken_.insert("translate" + std::to_string(axis)).second) return false;
        const float scale = coefficient(), middle = center();
        builder_.translation(axis, scale, middle, limits_around(scale, middle));
        return true;
      }
      case 1: {
        if (!taken_.insert("scale" + std::to_string(axis)).second) return false;
        const float scale = coefficient(), middle = center();
        builder_.scale(axis, scale, middle, limits_around(scale, middle));
        return true;
      }
      case 2:
        if (!taken_.insert("rotate" + std::to_string(axis)).second) return false;
        builder_.rotation1d(
            axis, random_.chance(0.5), random_.one_of<AngleUnit>(2),
            options_.angle_limits && random_.chance(0.2) ? angle_limits() : Limits{});
        return true;
      case 3:
        return rotation3d();
      case 4:
        attribute();
        return true;
      case 5:
      case 6:
        typed_attribute();
        return true;
      default:
        builder_.constant(attribute_name(), random_.chance(0.2) ? -0.0f : center());
        return true;
    }
  }

  bool rotation3d() {
    const auto output = random_.one_of<RotationOutput>(2);
    const bool euler = output == RotationOutput::kEuler;
    if (euler &&
        (taken_.contains("rotate0") || taken_.contains("rotate1") || taken_.contains("rotate2"))) {
      return false;
    }
    if (!euler && !taken_.insert("quaternion").second) return false;
    if (euler) taken_.insert({"rotate0", "rotate1", "rotate2"});
    std::array<Limits, 3> limits;
    if (euler && options_.angle_limits && random_.chance(0.1)) {
      for (Limits& one : limits) one = random_.chance(0.7) ? angle_limits() : Limits{};
    }
    builder_.rotation3d(random_.one_of<RotateOrder>(6), random_.one_of<Rot6dLayout>(3),
                        random_.one_of<AngleUnit>(2), output, limits);
    return true;
  }

  Limits angle_limits() {
    return {static_cast<float>(random_.uniform(-2, 0)), static_cast<float>(random_.uniform(0, 2))};
  }

  // Mostly none; those that refuse a vector are seldom reached by ordinary ones.
  Limits limits_around(float scale, float middle) {
    if (random_.chance(0.7)) return {};
    const bool refuses = random_.chance(0.5);
    const float radius = std::abs(scale) * (refuses ? 4 : 1);
    return {middle - radius, middle + radius, refuses ? LimitRule::kError : LimitRule::kClamp};
  }

  // A bool, an int or an enum; most of them one byte in the message, often with short names, so
  // that many lie side by side.
  void typed_attribute() {
    std::string name = random_.chance(0.5) ? short_name() : attribute_name();
    switch (random_.below(4)) {
      case 0:
        return builder_.bool_attribute(std::move(name), coefficient(), center());
      case 1:
        return builder_.int_attribute(std::move(name), coefficient(), center(), int_limits());
      case 2:
        return builder_.enum_attribute(std::move(name), value_names(), coefficient(), center(),
                                       LimitRule::kClamp);
      default:
        return builder_.one_hot_attribute(std::move(name), value_names());
    }
  }

  Limits int_limits() {
    constexpr std::array<Limits, 6> kLimits = {
        {{}, {0, 1}, {0, 127}, {0, 128}, {-3, 5}, {-kLargestInt, 1000}}};
    return kLimits[random_.below(kLimits.size())];
  }

  std::vector<std::string> value_names() {
    const uint32_t count = random_.chance(0.05) ? 120 + random_.below(20) : 1 + random_.below(6);
    std::vector<std::string> names;
    for (uint32_t i = 0; i < count; ++i) names.push_back(unique_name("value", i));
    return names;
  }

  // A letter that the controller has no attribute of yet, if there is one.
  std::string short_name() {
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      if (taken_.insert(std::string(1, letter)).second) return std::string(1, letter);
    }
    return attribute_name();
  }

  void attribute() {
    float min = -std::numeric_limits<float>::infinity();
    float max = -min;
    if (random_.chance(0.5)) min = static_cast<float>(random_.uniform(-2, 0));
    if (random_.chance(0.5)) max = static_cast<float>(random_.uniform(0, 2));
    if (random_.chance(0.1)) min = -0.0f;
    if (random_.chance(0.1)) max = 0.0f;
    builder_.attribute(attribute_name(), coefficient(), center(), min, max);
  }

  std::string attribute_name() { return unique_name("attr", attribute_count_++); }

  float coefficient() {
    if (random_.chance(0.2)) return 1.0f;
    return static_cast<float>(random_.sign() * random_.log_uniform(1e-3, 1e3));
  }
  float center() {
    if (random_.chance(0.3)) return random_.chance(0.3) ? -0.0f : 0.0f;
    return static_cast<float>(random_.normal() * 10);
  }

  std::mt19937_64 bits_;
  Random random_;
  const RandomPlanOptions& options_;
  PlanBuilder builder_;
  std::unordered_set<std::string> taken_;  // by the current controller
  uint32_t attribute_count_ = 0;
};

}  // namespace

Plan random_plan(uint64_t seed, const RandomPlanOptions& options) {
  return PlanMaker(seed, options).make();
}

}  // namespace rigjit::testing
