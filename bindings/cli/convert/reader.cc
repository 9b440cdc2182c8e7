#include "convert/reader.h"

#include <utility>

#include "convert/matrix_reader.h"
#include "convert/pose_reader.h"

namespace rigjit::cli {
namespace {

// What the file must be to hold the form; of vectors an array, unless it is a safetensors file.
Content content_for(Form form, Content found) {
  switch (form) {
    case Form::kMessages:
      return Content::kMessages;
    case Form::kJson:
    case Form::kJsonLines:
      return Content::kJson;
    case Form::kClip:
      return Content::kSafetensors;
    case Form::kVectors:
    case Form::kValues:
      break;
  }
  const bool is_vector_file = form == Form::kVectors && found == Content::kSafetensors;
  return is_vector_file ? found : Content::kNpy;
}

}  // namespace

Result<std::unique_ptr<Reader>> open_reader(Source source, const Rig& rig,
                                            const ReadOptions& options, BadFrames& bad_frames) {
  if (options.raw) {
    return MatrixReader::open_raw(std::move(source), rig, options.form.value_or(Form::kVectors));
  }
  const Result<Content> found = content_of(source);
  if (!found) return found.errors();
  switch (options.form ? content_for(*options.form, *found) : *found) {
    case Content::kNpy:
      return MatrixReader::open_npy(std::move(source), rig, options.form);
    case Content::kSafetensors:
      return MatrixReader::open_safetensors(std::move(source), rig, options.form, options.pose,
                                            bad_frames);
    case Content::kMessages:
      return open_poses(std::move(source), rig, PoseOptions::Form::kMessagePack, options.pose,
                        bad_frames);
    case Content::kJson:
      return open_poses(std::move(source), rig, PoseOptions::Form::kJson, options.pose, bad_frames);
    case Content::kUnknown:
      break;
  }
  const Result<std::string_view> start = source.peek(1);
  if (start && start->empty()) {
    return error_in(source, "unknown-form",
                    "this is empty; --from messages or --from json takes it for no poses");
  }
  return error_in(source, "unknown-form",
                  "this is no .npy file, no clip or vector file, no MessagePack and no JSON of "
                  "poses; bare float32 needs --raw");
}

}  // namespace rigjit::cli
