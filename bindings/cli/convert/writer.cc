#include "convert/writer.h"

#include "clips/file_header.h"
#include "convert/json_writer.h"
#include "convert/matrix_writer.h"
#include "convert/message_writer.h"
#include "convert/npy_header.h"

namespace rigjit::cli {
namespace {

HeaderOf npy_of(std::size_t width) {
  return [width](uint64_t rows) -> Result<std::string> { return npy_header(rows, width); };
}

}  // namespace

Result<std::unique_ptr<Writer>> open_writer(const std::string& name, Form form, const Rig& rig,
                                            const ClipTiming& timing) {
  switch (form) {
    case Form::kMessages:
      return MessageWriter::open(name, rig);
    case Form::kJson:
      return JsonWriter::open(name, rig, JsonWriter::Style::kArray);
    case Form::kJsonLines:
      return JsonWriter::open(name, rig, JsonWriter::Style::kLines);
    case Form::kVectors:
      return MatrixWriter::open(name, Writer::Takes::kVectors, rig.vec_size(),
                                is_safetensors(name)
                                    ? [&rig](uint64_t rows) { return vectors_header(rig, rows); }
                                    : npy_of(rig.vec_size()));
    case Form::kValues:
      return MatrixWriter::open(name, Writer::Takes::kValues, rig.channel_count(),
                                npy_of(rig.channel_count()));
    case Form::kClip:
      break;
  }
  return MatrixWriter::open(
      name, Writer::Takes::kValues, rig.channel_count(),
      [&rig, timing](uint64_t rows) { return clip_header(rig, rows, timing); });
}

}  // namespace rigjit::cli
