#include "clips/matrix_file.h"

#include <array>
#include <cerrno>
#include <utility>

#include "base/make_error.h"

namespace rigjit {
Result<OpenMatrix> read_header(UniqueFd fd, const std::string& path) {
  const std::expected<struct stat, int> status = status_of(fd.get());
  if (!status) return unreadable(path, status.error());
  if (S_ISDIR(status->st_mode)) return unreadable(path, EISDIR);
  const auto file_size = S_ISREG(status->st_mode) ? static_cast<uint64_t>(status->st_size) : 0;
  std::array<uint8_t, kSafetensorsPrefix> prefix{};
  if (file_size >= prefix.size()) {
    if (const SysStatus read = read_at(fd.get(), prefix, 0); !read) {
      return unreadable(path, read.error());
    }
  }
  Result<uint64_t> size = matrix_header_size(prefix.data(), file_size);
  if (!size) return in_file(std::move(size).errors(), path);
  std::string json(*size - prefix.size(), '\0');
  const std::span<uint8_t> bytes(reinterpret_cast<uint8_t*>(json.data()), json.size());
  if (const SysStatus read = read_at(fd.get(), bytes, prefix.size()); !read) {
    return unreadable(path, read.error());
  }
  Result<MatrixHeader> header = parse_matrix_header(json);
  if (!header) return in_file(std::move(header).errors(), path);
  return OpenMatrix{std::move(fd), file_size, std::move(header).value()};
}

Result<OpenMatrix> open_matrix(const std::string& path) {
  std::expected<UniqueFd, int> fd = open_file(path.c_str());
  if (!fd) return unreadable(path, fd.error());
  return read_header(std::move(*fd), path);
}

Result<std::vector<float>> read_rows(const OpenMatrix& file, uint64_t rows,
                                     const std::string& path) {
  std::vector<float> values(rows * file.header.columns);
  const std::span<uint8_t> bytes(reinterpret_cast<uint8_t*>(values.data()),
                                 values.size() * sizeof(float));
  if (const SysStatus read = read_at(file.fd.get(), bytes, file.header.size); !read) {
    return unreadable(path, read.error());
  }
  return values;
}

}  // namespace rigjit
