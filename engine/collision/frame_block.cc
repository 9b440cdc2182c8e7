#include "collision/frame_block.h"

#include <algorithm>
#include <cmath>

namespace rigjit::collision {
namespace {

// What rounding to float32 may take from a radius.
constexpr double kUp = 1.000001;

// No vector gets longer than by this factor: the square root of the largest row sum of its Gram
// matrix, exact for rotations.
double stretch(const double* m) {
  const auto product = [m](int i, int j) {
    return std::abs(m[i] * m[j] + m[3 + i] * m[3 + j] + m[6 + i] * m[6 + j]);
  };
  const double xy = product(0, 1);
  const double xz = product(0, 2);
  const double yz = product(1, 2);
  return std::sqrt(
      std::max({product(0, 0) + xy + xz, product(1, 1) + xy + yz, product(2, 2) + xz + yz}));
}

}  // namespace

double unit_for(double radius) {
  int exponent = 0;
  std::frexp(radius, &exponent);
  return std::ldexp(1.0, std::clamp(exponent, -1000, 1000));
}

Body body_of(const HullData& hull, const Affine& affine) {
  Body body{&hull.vertices, {}, {}, 0};
  for (int i = 0; i < 9; ++i) body.linear[i] = affine.linear[i] * hull.unit;
  for (int row = 0; row < 3; ++row) {
    const double* m = affine.linear + 3 * row;
    body.centre[row] =
        m[0] * hull.centre[0] + m[1] * hull.centre[1] + m[2] * hull.centre[2] + affine.offset[row];
  }
  body.radius = hull.radius * stretch(body.linear);
  return body;
}

void scale(Body& body, double factor) {
  for (double& x : body.linear) x *= factor;
  for (double& x : body.centre) x *= factor;
  body.radius *= factor;
}

FrameBlock::FrameBlock(const HullsData& hulls)
    : hulls_(hulls), lanes_(hulls.hulls.size()), exact_(hulls.hulls.size()), units_{} {}

void FrameBlock::set(const TransformReader& transforms, std::size_t first, int lanes) {
  for (int lane = 0; lane < lanes; ++lane) {
    place(transforms, first + static_cast<std::size_t>(lane), lane);
    scale(lane);
  }
}

void FrameBlock::place(const TransformReader& transforms, std::size_t frame, int lane) {
  double largest = 0;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    const Body body = body_of(*hulls_.hulls[i].data(), transforms.read(frame, i));
    for (int k = 0; k < 9; ++k) exact_[i].linear[k][lane] = body.linear[k];
    for (int k = 0; k < 3; ++k) lanes_[i].centre[k][lane] = body.centre[k];
    exact_[i].radius[lane] = body.radius;
    largest = std::max(largest, body.radius);
  }
  units_[lane] = unit_for(largest);
}

void FrameBlock::scale(int lane) {
  const double factor = 1 / units_[lane];
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    LaneFrames& floats = lanes_[i];
    Exact& exact = exact_[i];
    for (int k = 0; k < 9; ++k) {
      exact.linear[k][lane] *= factor;
      floats.linear[k][lane] = static_cast<float>(exact.linear[k][lane]);
    }
    for (int k = 0; k < 3; ++k) floats.centre[k][lane] *= factor;
    exact.radius[lane] *= factor;
    floats.radius[lane] = static_cast<float>(exact.radius[lane] * kUp);
  }
}

Body FrameBlock::body(std::size_t hull, int lane) const {
  Body body{&hulls_.hulls[hull].data()->vertices, {}, {}, exact_[hull].radius[lane]};
  for (int k = 0; k < 9; ++k) body.linear[k] = exact_[hull].linear[k][lane];
  for (int k = 0; k < 3; ++k) body.centre[k] = lanes_[hull].centre[k][lane];
  return body;
}

}  // namespace rigjit::collision
