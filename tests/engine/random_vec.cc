#include <array>
#include <cmath>
#include <numbers>

#include "engine/random.h"
#include "engine/random_plan.h"
#include "engine/rotation_math.h"
#include "plan/rot6d_elements.h"
#include "reference/degenerate.h"

namespace rigjit::testing {
namespace {

constexpr double kPi = std::numbers::pi;

class VecMaker {
 public:
  VecMaker(const Plan& plan, std::mt19937_64& bits, VectorKind kind)
      : random_(bits), kind_(kind), vec_(plan.input_count()) {}

  void operator()(const Affine& op) {
    float& input = vec_[op.input];
    do {
      input = affine_input();
    } while (!is_fine(op, std::fma(input, op.scale, op.center)));
  }

  // Numbers of a network, sometimes two that are equal, or a choice that is forbidden.
  void operator()(const OneHot& op) {
    for (uint32_t k = 0; k < op.count; ++k) {
      vec_[op.input + k] = random_.chance(0.1) ? -INFINITY : affine_input();
    }
    if (random_.chance(0.3)) {
      vec_[op.input + random_.below(op.count)] = vec_[op.input + random_.below(op.count)];
    }
  }

  void operator()(const Angle& op) {
    const double length = kind() == VectorKind::kLengths ? any_length() : 1;
    const double radians = angle();
    do {
      vec_[op.input] = static_cast<float>(length * std::cos(radians));
      vec_[op.input + 1] = static_cast<float>(length * std::sin(radians));
    } while (vec_[op.input] == 0 && vec_[op.input + 1] == 0);
  }

  // Lengths of 1e-42 leave a few bits only, so that columns may become parallel: draw again.
  void operator()(const Rotation& op) {
    do {
      const std::array<double, kRot6dSize> inputs = rotation_inputs(op, kind());
      for (uint32_t i = 0; i < kRot6dSize; ++i) {
        vec_[op.input + i] = static_cast<float>(inputs[i]);
      }
    } while (is_bad(op));
  }

  void operator()(const Constant&) {}

  [[nodiscard]] std::vector<float> take() && { return std::move(vec_); }

 private:
  VectorKind kind() { return kind_ == VectorKind::kMixed ? random_.one_of<VectorKind>(4) : kind_; }

  float affine_input() {
    switch (random_.below(16)) {
      case 0:
        return 0.0f;
      case 1:
        return -0.0f;
      case 2:
        return static_cast<float>(random_.sign() * random_.log_uniform(1e-44, 1e-30));
      case 3:
        return static_cast<float>(random_.sign() * random_.log_uniform(1e3, 1e34));
      case 4:  // halves, that an int or a bool rounds
        return static_cast<float>(random_.below(41)) / 2 - 10;
      default:
        return static_cast<float>(random_.normal());
    }
  }

  static bool is_fine(const Affine& op, float value) {
    return std::isfinite(value) &&
           (!op.limits().can_fail() || (value >= op.min && value <= op.max));
  }

  double any_length() { return random_.log_uniform(1e-42, 1e38); }

  // A quarter turn now and then, also through components that are exactly 0.
  double angle() {
    if (random_.chance(0.1)) return random_.below(4) * kPi / 2;
    return random_.uniform(-kPi, kPi);
  }

  std::array<double, kRot6dSize> rotation_inputs(const Rotation& op, VectorKind kind) {
    switch (kind) {
      case VectorKind::kNearLock:
        return rot6d(op.output == RotationOutput::kEuler ? near_lock(op.order) : near_half_turn(),
                     op.layout, random_.uniform(0.5, 2), random_.uniform(0.5, 2));
      case VectorKind::kLengths:
        return rot6d(rotation(), op.layout, any_length(), any_length());
      case VectorKind::kNearParallel:
        return near_parallel(op.layout);
      default: {
        auto inputs = rot6d(rotation(), op.layout);
        for (double& input : inputs) input += 0.1 * random_.normal();
        return inputs;
      }
    }
  }

  Matrix3 rotation() {
    if (random_.chance(0.05)) return {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    return quaternion_matrix(
        {random_.normal(), random_.normal(), random_.normal(), random_.normal()});
  }

  // At lock with a cosine of exactly 0.
  Matrix3 near_lock(RotateOrder order) {
    const auto [first, middle, last] = axes_of(order);
    const double cosine = random_.chance(0.3) ? 0.0 : random_.log_uniform(1e-9, 1e-2);
    const double sine = random_.sign() * std::sqrt(1 - cosine * cosine);
    return axis_rotation(last, angle()) * axis_rotation(middle, cosine, sine) *
           axis_rotation(first, angle());
  }

  // Where w, and perhaps more components, is next to 0.
  Matrix3 near_half_turn() {
    const double w = random_.chance(0.3) ? 0.0 : random_.log_uniform(1e-8, 1e-2);
    std::array<double, 4> q = {w, 0, 0, 0};
    for (uint32_t i = 1; i < 4; ++i) q[i] = random_.chance(0.3) ? 0.0 : random_.normal();
    if (q[1] == 0 && q[2] == 0 && q[3] == 0) q[1 + random_.below(3)] = random_.sign();
    return quaternion_matrix(q);
  }

  std::array<double, kRot6dSize> near_parallel(Rot6dLayout layout) {
    auto inputs = rot6d(rotation(), layout);
    const double sine = random_.log_uniform(1e-5, 1e-1);
    const double cosine = random_.sign() * std::sqrt(1 - sine * sine);
    for (uint32_t axis = 0; axis < 3; ++axis) {
      const double along = inputs[rot6d_element(layout, 0, axis)];
      double& across = inputs[rot6d_element(layout, 1, axis)];
      across = sine * across + cosine * along;
    }
    return inputs;
  }

  [[nodiscard]] bool is_bad(const Rotation& op) const {
    std::array<std::array<float, 3>, 2> columns{};
    for (uint32_t which = 0; which < 2; ++which) {
      for (uint32_t axis = 0; axis < 3; ++axis) {
        columns[which][axis] = vec_[op.input + rot6d_element(op.layout, which, axis)];
      }
    }
    return rot6d_is_degenerate(columns[0].data(), columns[1].data());
  }

  Random random_;
  VectorKind kind_;
  std::vector<float> vec_;
};

}  // namespace

std::vector<float> random_vec(const Plan& plan, std::mt19937_64& bits, VectorKind kind) {
  VecMaker maker(plan, bits, kind);
  for (const Operation& operation : plan.operations()) std::visit(maker, operation);
  return std::move(maker).take();
}

}  // namespace rigjit::testing
