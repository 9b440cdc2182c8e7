// The header of numpy's .npy files, format versions 1 to 3.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/source.h"

namespace rigjit::cli {

// How numbers lie in a file.
struct FloatFormat {
  std::size_t item_bytes = 4;  // 2, 4 or 8
  bool big_endian = false;
};

struct NpyHeader {
  FloatFormat format;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

// Reads up to where the numbers begin. Errors: "bad-npy", "wrong-dtype".
Result<NpyHeader> read_npy_header(Source& source);

// The header of a float32 matrix in C order, of the same size for every shape.
[[nodiscard]] std::string npy_header(std::size_t rows, std::size_t columns);

}  // namespace rigjit::cli
