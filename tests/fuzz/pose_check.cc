#include "pose_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "sample_rig.h"

namespace rigjit::fuzz {
namespace {

using Vec = std::vector<float>;

bool same_bits(const Vec& a, const Vec& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// Whatever a pose says, its vector is one that the rig takes or refuses by name.
void check_vec(const Rig& rig, const Vec& vec) {
  require(std::ranges::all_of(vec, [](float x) { return std::isfinite(x); }),
          "a vector has finite numbers");
  Vec values(rig.channel_count());
  if (const Status forward = rig.vec_to_values(vec.data(), values.data()); !forward) {
    require_explained(forward.errors());
  }
}

// A reader that has met other poses before reads the same.
void check_batch(const Rig& rig, Bytes pose, const PoseOptions& options, bool ok, const Vec& vec) {
  constexpr std::array<uint8_t, 2> kOther = {0x81, 0xa1};  // a map that is cut
  const std::array<Rig::Pose, 3> poses = {Rig::Pose{pose.data(), pose.size()},
                                          {kOther.data(), kOther.size()},
                                          {pose.data(), pose.size()}};
  Vec vecs(poses.size() * rig.vec_size());
  std::array<uint8_t, 3> valid{};
  const Status batch =
      rig.rig_to_vec_batch(poses.data(), poses.size(), vecs.data(), valid.data(), options);
  require(batch.ok(), "a batch goes on after bad poses");
  require(valid[0] == ok && valid[1] == 0 && valid[2] == ok, "a batch judges as single calls do");
  if (!ok) return;
  const auto size = static_cast<std::ptrdiff_t>(rig.vec_size());
  require(same_bits({vecs.begin(), vecs.begin() + size}, vec) &&
              same_bits({vecs.end() - size, vecs.end()}, vec),
          "a batch reads as single calls do");
}

}  // namespace

void check_pose(Bytes input, PoseOptions::Form form) {
  const uint8_t choice = take_choice(input);
  PoseOptions options;
  if ((choice & 1) != 0) options.missing = PoseOptions::Missing::kRest;
  if ((choice & 2) != 0) options.extra = PoseOptions::Extra::kError;
  if ((choice & 4) == 0) options.form = form;
  const Rig& rig = sample_rig();
  Vec vec(rig.vec_size());
  const Status status = rig.rig_to_vec(input.data(), input.size(), vec.data(), options);
  if (status) {
    check_vec(rig, vec);
  } else {
    require_explained(status.errors());
  }
  check_batch(rig, input, options, status.ok(), vec);
}

}  // namespace rigjit::fuzz
