// Matrices of hulls in an .npy file, read a block of frames at a time.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/source.h"
#include "rigjit/collision.h"

namespace rigjit::cli {

class TransformsFile {
 public:
  // An array of float32 or float64, (frames, hulls, 4, 4) or (frames, hulls, 3, 4) in C order; of
  // one frame also (hulls, 4, 4) or (hulls, 3, 4). Errors: "bad-npy", "wrong-dtype", "wrong-shape".
  static Result<TransformsFile> open(const std::string& name, std::size_t hulls);

  [[nodiscard]] std::size_t frames() const noexcept { return frames_; }
  [[nodiscard]] const std::string& name() const noexcept { return source_.name(); }

  // The next frames, numbered on from those before; none at the end. They live until the next call.
  // Errors: "cut-short", "trailing-bytes".
  Result<collision::Transforms> next();

 private:
  TransformsFile(Source source, std::size_t frames, std::size_t hulls, int rows, bool are_doubles,
                 bool are_swapped);

  Source source_;
  std::size_t frames_;
  std::size_t frame_bytes_;
  int rows_;
  bool are_doubles_;
  bool are_swapped_;  // of the other byte order
  std::size_t done_ = 0;
  std::vector<double> block_;  // bytes of numbers of either width
};

}  // namespace rigjit::cli
