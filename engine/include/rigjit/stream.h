// Frames converted one after the other, each continuing the one before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/result.h"

namespace rigjit {

class LoadedCode;
class RigCore;

// Converts frames as the rig does, to the numbers nearest to those of the frame before that mean
// the same pose: of both triples of Euler angles and of all turns the nearest, measured by the sum
// of the ways that the three angles go; at gimbal lock the outer angles share what is left; a
// rotation1d without jumps at half a turn; quaternions of the nearer sign. Other values are as
// ever. Angles may leave ±180 degrees. A bad frame is an error and is not remembered: the next
// frame continues the last good one.
//
// Keeps its rig alive. Not for two threads at once; copies continue the same frames. Sizes and
// errors as in Rig.
class RIGJIT_EXPORT Stream {
 public:
  Status push(const float* vec, uint8_t* out);       // a message
  Status push_values(const float* vec, float* out);  // values, one a channel
  // The same where they only have to run code that is there: false, and nothing remembered, where
  // the frame is bad, or the program of values has not been compiled by a push_values before. Then
  // push and push_values say what is wrong, or compile; buffers must not overlap. They wait for
  // nothing, so that a caller may hold a lock (Python's) meanwhile.
  [[nodiscard]] bool try_push(const float* vec, uint8_t* out) noexcept;
  [[nodiscard]] bool try_push_values(const float* vec, float* out) noexcept;
  // count frames in a row; `valid` as in Rig::vec_to_rig_batch.
  Status push_batch(const float* vecs, std::size_t count, uint8_t* out, uint8_t* valid = nullptr);
  Status push_values_batch(const float* vecs, std::size_t count, float* out,
                           uint8_t* valid = nullptr);

  // Takes the whole turns off the angles of the last frame: the next one continues from within
  // half a turn of 0. The pose is the same, the curves jump by whole turns there. An angle is a
  // float32, which is the coarser the more turns it has: 360 degrees times N turns are told to
  // 2.2e-5 degrees times N. For those who run for hours, at a time when nobody looks at the curve.
  void rebase();

 private:
  friend class Rig;
  struct Frames;
  struct State;

  static Result<Stream> make(std::shared_ptr<const RigCore> core, const float* start);
  Stream(std::shared_ptr<const RigCore> core, std::shared_ptr<State> state);
  Status run(const Frames& frames);
  bool convert(const LoadedCode& code, const float* vec, uint8_t* out) noexcept;
  // Of the frame that would be next, whatever limits say; empty if they cannot be computed.
  std::vector<float> values_of(const float* vec) const;

  std::shared_ptr<const RigCore> core_;
  std::shared_ptr<State> state_;
  const LoadedCode* message_ = nullptr;  // the core's
  const LoadedCode* values_ = nullptr;   // the program, once it was used; the core's
};

}  // namespace rigjit
