// Seeded random Plans and vectors that fit them, for differential tests.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "plan/plan.h"

namespace rigjit::testing {

struct RandomPlanOptions {
  uint32_t controllers = 20;
  uint32_t max_transformations = 6;  // of one controller, at least 1; each axis counts
  bool long_names = true;            // a few above 32 and above 255 bytes
  bool angle_limits = true;          // some angles are clamped
  bool unusual_names = true;         // UTF-8 of 2 to 4 bytes, blanks, quotes, newlines
};

// The same plan for the same seed and options. A few dozen controllers have every kind of
// transformation; every combination of order, layout and output takes more than a thousand.
[[nodiscard]] Plan random_plan(uint64_t seed, const RandomPlanOptions& options = {});

// What the vector's rotations are like; kMixed draws one of the others for each transformation.
enum class VectorKind : uint8_t {
  kOrdinary,      // columns of a random rotation, each component disturbed as by a network
  kNearLock,      // cosine of the middle angle 0 or 1e-9 to 1e-2; for quaternions: near a half turn
  kLengths,       // columns, and sine with cosine, of lengths 1e-42 to 1e38
  kNearParallel,  // sine between the columns 1e-5 to 1e-1
  kMixed
};

// A vector for which diagnose() finds nothing. Affine inputs are mostly about 1, with some zeros of
// both signs, denormals and values beyond the clamps.
[[nodiscard]] std::vector<float> random_vec(const Plan& plan, std::mt19937_64& bits,
                                            VectorKind kind = VectorKind::kMixed);

}  // namespace rigjit::testing
