// The mirror image of a pose, as a vector: what each element of it is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plan/plan.h"

namespace rigjit {

// mirrored[i] = vec[source[i]] * gain[i] + bias[i], computed in double and rounded once.
//
// An affine value goes from coefficients (s, c) to its partner's (t, d): with the sign e of its
// channel the value e * (v * s + c) is the partner's at v' = (e * (v * s + c) - d) / t.
//
// A rotation of signs r about x, y and z is M' = S * M * S with S = diag(r): S turns a turn by a
// about one axis into one by r * a, since the r multiply to 1, and so every product of such turns.
struct MirrorMap {
  std::vector<uint32_t> source;
  std::vector<double> gain;
  std::vector<double> bias;
};

// Of a plan that has a mirror.
[[nodiscard]] MirrorMap mirror_map(const Plan& plan);

// vecs, out: count vectors in C order, not overlapping. NaN and infinity stay what they are.
void mirror(const MirrorMap& map, const float* vecs, std::size_t count, float* out);

}  // namespace rigjit
