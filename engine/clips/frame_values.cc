#include "clips/frame_values.h"

namespace rigjit {

Status frame_values(const Rig& rig, const FramesToConvert& frames, float* out, Stream* stream) {
  const auto& [vecs, count, valid, is_batch] = frames;
  if (!is_batch) {
    return stream == nullptr ? rig.vec_to_values(vecs, out) : stream->push_values(vecs, out);
  }
  return stream == nullptr ? rig.vec_to_values_batch(vecs, count, out, valid)
                           : stream->push_values_batch(vecs, count, out, valid);
}

}  // namespace rigjit
