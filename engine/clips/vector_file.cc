#include "rigjit/vector_file.h"

#include <span>
#include <utility>

#include "base/make_error.h"
#include "clips/check_rig.h"
#include "clips/clip_schema.h"
#include "clips/file_header.h"
#include "clips/matrix_file.h"

namespace rigjit {
namespace {

SysStatus write_parts(int fd, const std::string& header, std::span<const uint8_t> data) {
  const std::span head(reinterpret_cast<const uint8_t*>(header.data()), header.size());
  if (SysStatus written = write_all(fd, head); !written) return written;
  return write_all(fd, data);
}

// Writes under a name of its own, then takes the place of `path` with its permissions.
SysStatus replace(const std::string& path, const struct stat* before, const std::string& header,
                  std::span<const uint8_t> data) {
  std::string temporary = path;
  std::expected<UniqueFd, int> fd = create_beside(temporary);
  if (!fd) return std::unexpected(fd.error());
  SysStatus done = write_parts(fd->get(), header, data);
  if (done && before != nullptr) done = set_mode(fd->get(), before->st_mode & 07777);
  if (const SysStatus closed = fd->close(); done) done = closed;
  if (done) done = rename_file(temporary.c_str(), path.c_str());
  if (!done) [[maybe_unused]]
    const SysStatus removed = remove_file(temporary.c_str());
  return done;
}

Errors malformed(const char* message, const std::string& path) {
  return in_file({make_error("malformed-file", message)}, path);
}

}  // namespace

Status save_vectors(const std::string& path, const Rig& rig, const float* vecs, std::size_t count) {
  const Result<std::string> header = vectors_header(rig, count);
  if (!header) return header.errors();
  const std::span data(reinterpret_cast<const uint8_t*>(vecs),
                       count * rig.vec_size() * sizeof(float));
  // A symbolic link stays one; a device or pipe is written, not replaced.
  const std::string target = resolved(path);
  const std::expected<struct stat, int> before = status_of_name(target.c_str());
  SysStatus done;
  if (before && !S_ISREG(before->st_mode)) {
    const std::expected<UniqueFd, int> fd = open_output(target.c_str());
    done = fd ? write_parts(fd->get(), *header, data) : std::unexpected(fd.error());
  } else {
    done = replace(target, before ? &*before : nullptr, *header, data);
  }
  if (!done) return unwritable(path, done.error());
  return Done{};
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
