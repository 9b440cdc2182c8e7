// Values of the frames that clips and streams of frames are made of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rigjit/result.h"
#include "rigjit/rig.h"
#include "rigjit/stream.h"

namespace rigjit {

struct FramesToConvert {
  const float* vecs;
  std::size_t count = 1;
  uint8_t* valid = nullptr;  // as in Rig::vec_to_values_batch
  bool is_batch = false;     // whose errors name the frame
};

// out: count * channel_count() floats. stream: of the rig, where each frame is to continue the one
// before; else null. Errors as in Rig.
[[nodiscard]] Status frame_values(const Rig& rig, const FramesToConvert& frames, float* out,
                                  Stream* stream);

}  // namespace rigjit
