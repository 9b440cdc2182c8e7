// What clips, streams and vector files say about the rig that they are of:
// engine/clips/clip_format.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clips/json_table.h"
#include "clips/safetensors.h"
#include "rigjit/clip.h"
#include "rigjit/rig.h"

namespace rigjit {

// What a file is, in its metadata, and what its tensor is called.
struct FileFormat {
  std::string_view name;
  std::string_view tensor;
};
inline constexpr FileFormat kClipFormat{"rigjit.clip", "frames"};
inline constexpr FileFormat kVectorsFormat{"rigjit.vectors", "vectors"};

// What identifies the rig, and its channels.
[[nodiscard]] Strings rig_strings(const Rig& rig, const FileFormat& format);
// The same and what a client needs to show frames.
[[nodiscard]] Strings clip_strings(const Rig& rig, const FrameRate& fps, int64_t start_frame);

[[nodiscard]] JsonTable channel_table(const Rig& rig);
[[nodiscard]] JsonTable input_table(const Rig& rig);
// The texts of the spec and its bases, a row each; their names are this machine's business.
[[nodiscard]] JsonTable spec_table(const Rig& rig);

// "malformed-file" unless `header` is of this format, in a version that this build reads.
[[nodiscard]] std::optional<Error> check_format(const MatrixHeader& header,
                                                const FileFormat& format);

// A clip without its frames. "malformed-file" where a string is missing or cannot be what it says.
[[nodiscard]] Result<Clip> parse_clip_schema(const MatrixHeader& header);

}  // namespace rigjit
