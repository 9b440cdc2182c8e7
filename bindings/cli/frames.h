// Vectors from a .npy file or bare float32, a block of frames at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "npy_header.h"
#include "source.h"

namespace rigjit::cli {

struct Frames {
  std::size_t count = 0;
  std::vector<float> floats;  // count * vec_size, in C order
};

class FrameReader {
 public:
  // vec_size: floats a frame. Errors: those of read_npy_header, "wrong-shape".
  static Result<FrameReader> open_npy(Source source, std::size_t vec_size);
  static Result<FrameReader> open_raw(Source source, std::size_t vec_size);

  // The next frames; none at the end. Errors: "cut-short", "trailing-bytes" and those of reading.
  Result<Frames> next();

 private:
  FrameReader(Source source, FloatFormat format, std::size_t vec_size,
              std::optional<std::size_t> frames);
  Result<Frames> read_fortran_order();
  Result<std::vector<float>> read_floats(std::size_t count);
  [[nodiscard]] std::size_t frames_a_block() const;
  Status check_end();
  [[nodiscard]] Error error(const char* code, std::string message) const;

  Source source_;
  FloatFormat format_;
  std::size_t vec_size_;
  bool fortran_order_ = false;
  std::optional<std::size_t> frames_left_;  // unknown for bare float32
  bool ended_ = false;
};

}  // namespace rigjit::cli
