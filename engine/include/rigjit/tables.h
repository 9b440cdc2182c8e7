// A rig's plan as data: what every channel is computed from, a table for each kind of operation.
// For what computes beside the kernels: a training framework, a shader, a spec that is fitted.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "rigjit/channel.h"

namespace rigjit {

// Rows are in the order of the channels. Inputs are indices into the vector, channels into the
// values. Limits are in the channel's unit, infinite where there are none; a value beyond them is
// set to the limit, or, if `refuses`, the vector is an error. Fields are only ever added at the end
// of a row, and version counts up where a row comes to mean something else.
struct Tables {
  static constexpr int kVersion = 1;

  // number = fma(vec[input], scale, center) in float32, rounded once. By type:
  // float: the number, then the limits;
  // bool: 1 if the number is at least 0.5, else 0;
  // int, enum: the number rounded half to even, never -0, then the limits, which are whole.
  struct AffineRow {
    int32_t input;
    int32_t channel;
    float scale;
    float center;
    float min;
    float max;
    bool refuses;
    ChannelType type;
  };

  // atan2(vec[sin], vec[cos]), in radians, else degrees, then the limits. An error where both are
  // 0, or one is not finite.
  struct AngleRow {
    int32_t sin;
    int32_t cos;
    int32_t channel;
    bool radians;
    float min;
    float max;
    bool refuses;
  };

  // A matrix M for column vectors by Gram-Schmidt (Zhou et al., "On the Continuity of Rotation
  // Representations in Neural Networks", 2019): b1 = a1 / |a1|, b2 = what a2 has beside b1, of
  // length 1, b3 = b1 x b2; these are its columns or, if `rows`, its rows. Then
  // Euler angles rotateX, rotateY, rotateZ with M = R_last R_middle R_first of `order` (xyz:
  // Rz Ry Rx), the last of them 0 at lock, and the limits; or a quaternion W, X, Y, Z with w >= 0.
  // An error where a1 or a2 is zero or not finite, or both are parallel.
  struct RotationRow {
    std::array<int32_t, 3> a1;  // inputs of x, y, z
    std::array<int32_t, 3> a2;
    bool rows;
    bool quaternion;
    RotateOrder order;
    std::array<int32_t, 4> channels;  // of Euler angles the fourth is -1
    bool radians;
    std::array<float, 3> min;  // of rotateX, rotateY, rotateZ
    std::array<float, 3> max;
    std::array<bool, 3> refuses;
  };

  // The index, from 0, of the largest of vec[input] to vec[input + count - 1]; the first of several
  // that are equal. An error where one is NaN.
  struct OneHotRow {
    int32_t input;
    int32_t count;
    int32_t channel;
  };

  struct ConstantRow {
    int32_t channel;
    float value;
  };

  std::vector<AffineRow> affine;
  std::vector<AngleRow> angles;
  std::vector<RotationRow> rotations;
  std::vector<OneHotRow> one_hots;
  std::vector<ConstantRow> constants;
};

}  // namespace rigjit
