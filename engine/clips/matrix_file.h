// Opening, reading and replacing the files of clips and vectors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/posix_file.h"
#include "clips/safetensors.h"
#include "rigjit/result.h"

namespace rigjit {

struct OpenMatrix {
  UniqueFd fd;
  uint64_t file_size;
  MatrixHeader header;

  // Bytes after the header.
  [[nodiscard]] uint64_t data_size() const { return file_size - header.size; }
};

// Reads the header of an open file. "unreadable-file", "malformed-file".
[[nodiscard]] Result<OpenMatrix> read_header(UniqueFd fd, const std::string& path);
// The same of a file opened for reading.
[[nodiscard]] Result<OpenMatrix> open_matrix(const std::string& path);

// The first `rows` rows, which must be there. "unreadable-file".
[[nodiscard]] Result<std::vector<float>> read_rows(const OpenMatrix& file, uint64_t rows,
                                                   const std::string& path);

}  // namespace rigjit
