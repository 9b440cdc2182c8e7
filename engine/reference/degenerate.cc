#include "reference/degenerate.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "plan/rot6d_basis.h"

namespace rigjit {
namespace {

struct ScalarOps {
  using Value = float;
  using Mask = bool;
  static Value constant(float x) { return x; }
  static Value mul(Value a, Value b) { return a * b; }
  static Value add(Value a, Value b) { return a + b; }
  static Value fma(Value a, Value b, Value c) { return std::fma(a, b, c); }
  static Value neg(Value a) { return -a; }
  static Mask greater(Value a, Value b) { return a > b; }
  static Mask mask_not(Mask m) { return !m; }
  static Value power_of_two_near_inverse(Value x, Value y, Value z) {
    const auto magnitude = [](Value v) { return std::bit_cast<uint32_t>(v) & 0x7fffffffu; };
    const uint32_t largest = std::max({magnitude(x), magnitude(y), magnitude(z)});
    return std::bit_cast<float>(0x7f800000u - std::max(largest & 0x7f800000u, 0x00800000u));
  }
};

}  // namespace

bool rot6d_is_degenerate(const float a1[3], const float a2[3]) {
  ScalarOps ops;
  return rot6d_basis<ScalarOps>(ops, {a1[0], a1[1], a1[2]}, {a2[0], a2[1], a2[2]}).degenerate;
}

}  // namespace rigjit
