#include "rigjit/vector_file.h"

#include <span>
#include <utility>

#include "base/checksum.h"
#include "base/make_error.h"
#include "base/output_file.h"
#include "clips/check_rig.h"
#include "clips/clip_schema.h"
#include "clips/file_header.h"
#include "clips/matrix_file.h"

namespace rigjit {
namespace {

Errors malformed(const char* message, const std::string& path) {
  return in_file({make_error("malformed-file", message)}, path);
}

}  // namespace

Status save_vectors(const std::string& path, const Rig& rig, const float* vecs, std::size_t count) {
  const Result<std::string> header = vectors_header(rig, count);
  if (!header) return header.errors();
  const std::span data(reinterpret_cast<const uint8_t*>(vecs),
                       count * rig.vec_size() * sizeof(float));
  return write_output(path, {as_bytes(*header), data});
}

Result<Vectors> load_vectors(const std::string& path, const Rig& rig) {
  const Result<OpenMatrix> file = open_matrix(path);
  if (!file) return file.errors();
  const MatrixHeader& header = file->header;
  if (std::optional<Error> error = check_format(header, kVectorsFormat)) {
    return in_file({*error}, path);
  }
  if (std::optional<Error> error = check_vectors_rig(header, rig)) return in_file({*error}, path);
  if (file->data_size() != header.rows * header.columns * sizeof(float)) {
    return malformed("it was cut, or is longer than its header says", path);
  }
  Result<std::vector<float>> elements = read_rows(*file, header.rows, path);
  if (!elements) return std::move(elements).errors();
  return Vectors{header.rows, std::move(elements).value()};
}

}  // namespace rigjit
