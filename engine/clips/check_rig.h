// Whether a clip or a vector file is of a rig, in whatever namespace either of them is.
#pragma once

#include <optional>
#include <vector>

#include "clips/safetensors.h"
#include "rigjit/clip.h"
#include "rigjit/rig.h"

namespace rigjit {

// "rig-mismatch", which says what differs; nothing if the clip is of the rig. `clip`: what the
// header says.
[[nodiscard]] std::optional<Error> check_clip_rig(const MatrixHeader& header, const Clip& clip,
                                                  const Rig& rig);

// The channels of a clip without a rig hash, named as the rig names them in its namespace. Error:
// "rig-mismatch" where an angle that both have is of another unit or rotate order.
[[nodiscard]] Result<std::vector<Channel>> channels_by_name(Clip&& clip, const Rig& rig);

// The same of a vector file; also "malformed-file".
[[nodiscard]] std::optional<Error> check_vectors_rig(const MatrixHeader& header, const Rig& rig);

}  // namespace rigjit
