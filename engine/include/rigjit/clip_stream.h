// Frames of a rig's values over a byte stream (a socket, a pipe): what they are called once, then
// frame after frame. Laid out in engine/clips/clip_format.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "rigjit/clip.h"
#include "rigjit/export.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"
#include "rigjit/stream.h"

namespace rigjit {

// What a stream begins with. Error: "header-too-large".
[[nodiscard]] RIGJIT_EXPORT Result<std::string> stream_schema(const Rig& rig,
                                                              const ClipTiming& timing = {});

// Bytes of one frame in a stream.
[[nodiscard]] RIGJIT_EXPORT std::size_t stream_frame_size(const Rig& rig);

// vec: vec_size() floats; out: stream_frame_size(rig) bytes. stream: of the rig, where the frame is
// to continue the one before. Errors as in Rig::vec_to_values.
[[nodiscard]] RIGJIT_EXPORT Status stream_frame(const Rig& rig, const float* vec, uint8_t* out,
                                                Stream* stream = nullptr);

// The same for many. vecs: count * vec_size() floats; out: count * stream_frame_size(rig) bytes.
// `valid` and errors as in Rig::vec_to_values_batch.
[[nodiscard]] RIGJIT_EXPORT Status stream_frames(const Rig& rig, const float* vecs,
                                                 std::size_t count, uint8_t* out,
                                                 uint8_t* valid = nullptr,
                                                 Stream* stream = nullptr);

// What a stream ends with: tells the reader that nothing was cut.
[[nodiscard]] RIGJIT_EXPORT std::string stream_end();

}  // namespace rigjit
