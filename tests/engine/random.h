// Draws that do not depend on how a standard library writes its distributions.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

namespace rigjit::testing {

class Random {
 public:
  explicit Random(std::mt19937_64& bits) : bits_(bits) {}

  uint32_t below(uint32_t count) { return static_cast<uint32_t>(bits_() % count); }
  bool chance(double probability) { return uniform(0, 1) < probability; }
  double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(bits_() >> 11) * 0x1p-53;
  }
  // Every decade equally often.
  double log_uniform(double low, double high) {
    return std::exp(uniform(std::log(low), std::log(high)));
  }
  double sign() { return chance(0.5) ? -1 : 1; }
  double normal() {  // Box and Muller
    const double radius = std::sqrt(-2 * std::log(1 - uniform(0, 1)));
    return radius * std::cos(uniform(0, 6.283185307179586));
  }
  template <class Enum>
  Enum one_of(uint32_t count) {
    return static_cast<Enum>(below(count));
  }

 private:
  std::mt19937_64& bits_;
};

}  // namespace rigjit::testing
