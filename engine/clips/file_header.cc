#include "clips/file_header.h"

#include <limits>

#include "base/make_error.h"
#include "clips/check_rig.h"
#include "clips/clip_schema.h"
#include "clips/json_table.h"
#include "clips/safetensors.h"

namespace rigjit {

static_assert(kFileStart == kSafetensorsPrefix);

bool may_be_file_header(std::string_view start) {
  return start.size() > kFileStart && start[kFileStart] == '{' &&
         matrix_header_size(reinterpret_cast<const uint8_t*>(start.data()),
                            std::numeric_limits<uint64_t>::max())
             .ok();
}

Result<std::size_t> file_header_size(const void* start) {
  return matrix_header_size(static_cast<const uint8_t*>(start),
                            std::numeric_limits<uint64_t>::max());
}

Result<FileHeader> parse_file_header(std::string_view header, const Rig& rig) {
  if (header.size() < kFileStart) {
    return make_error("malformed-file", "it is no safetensors file, or was cut within its header");
  }
  const Result<MatrixHeader> matrix = parse_matrix_header(header.substr(kFileStart));
  if (!matrix) return matrix.errors();
  if (!check_format(*matrix, kVectorsFormat)) {
    if (auto error = check_vectors_rig(*matrix, rig)) return *std::move(error);
    return FileHeader{FileHeader::Kind::kVectors, matrix->rows, {}};
  }
  Result<Clip> clip = parse_clip_schema(*matrix);
  if (!clip) return clip.errors();
  const ClipTiming timing{clip->fps, clip->start_frame};
  if (clip->rig_hash.empty()) {
    auto channels = channels_by_name(*std::move(clip), rig);
    if (!channels) return channels.errors();
    return FileHeader{FileHeader::Kind::kClip, matrix->rows, timing, *std::move(channels)};
  }
  if (auto error = check_clip_rig(*matrix, *clip, rig)) return *std::move(error);
  return FileHeader{FileHeader::Kind::kClip, matrix->rows, timing};
}

Result<std::string> vectors_header(const Rig& rig, uint64_t count) {
  Strings strings = rig_strings(rig, kVectorsFormat);
  strings.emplace_back("inputs", to_json(input_table(rig)));
  strings.emplace_back("spec", to_json(spec_table(rig)));
  return matrix_header(strings, kVectorsFormat.tensor, count, rig.vec_size());
}

}  // namespace rigjit
