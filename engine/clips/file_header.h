// The headers of clips and vector files, for what reads or writes them as byte streams. A file is
// its header and then float32, row after row: the values or the vector of a frame each.
// Exported for the command line and for Python, no part of the public API.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rigjit/clip.h"
#include "rigjit/export.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"

namespace rigjit {

// How many bytes of a file tell how long its header is.
inline constexpr std::size_t kFileStart = 8;

// Whether a file that begins with these bytes, kFileStart and one more at least, may be one.
[[nodiscard]] RIGJIT_EXPORT bool may_be_file_header(std::string_view start);

// The size of the header in bytes, with the first kFileStart, which are given. Error:
// "malformed-file".
[[nodiscard]] RIGJIT_EXPORT Result<std::size_t> file_header_size(const void* start);

struct FileHeader {
  enum class Kind : uint8_t { kClip, kVectors };
  Kind kind = Kind::kClip;
  // Rows that a vector file has. A clip has as many whole ones as follow: it may be cut, or still
  // be written.
  uint64_t row_count = 0;
  ClipTiming timing;  // of a clip
  // Of a clip without a rig hash, which no rigjit wrote: what a frame holds, named as in the rig.
  // Its frames are poses of these channels, for a PoseReader. Empty for all other files, whose rows
  // are whole.
  std::vector<Channel> named_channels = {};
};

// header: file_header_size() bytes. The file must be of the rig, in whatever namespace; of a clip
// without a rig hash the angles that the rig has must be of its units and orders. Errors:
// "malformed-file", and "rig-mismatch", which says what differs.
[[nodiscard]] RIGJIT_EXPORT Result<FileHeader> parse_file_header(std::string_view header,
                                                                 const Rig& rig);

// The header of a vector file; of a clip: clip_header(). Its size is the same for every count.
// Error: "header-too-large".
[[nodiscard]] RIGJIT_EXPORT Result<std::string> vectors_header(const Rig& rig, uint64_t count);

}  // namespace rigjit
