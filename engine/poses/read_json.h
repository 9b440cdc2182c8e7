// Poses in JSON.
#pragma once

#include <string_view>

#include "poses/pose_values.h"

namespace rigjit {

// Reads {"controller": {"attribute": number}} in UTF-8 into `values`; NaN and Infinity, which some
// writers leave bare, are errors of their channel. What the rig lacks may hold anything that nests
// less than 64 deep. Fails with "malformed-json", with the offset where that is known, and
// "wrong-type" if the text is no object. Takes memory of a small multiple of the text's.
[[nodiscard]] Status read_json(std::string_view text, PoseValues& values);

}  // namespace rigjit
