// What becomes of frames that cannot be converted.
#pragma once

#include <cstddef>
#include <string>

#include "io/progress.h"
#include "rigjit/result.h"

namespace rigjit::cli {

// Of one input.
class BadFrames {
 public:
  // input: its name, for messages. skip: bad frames are left out, and each is complained of.
  BadFrames(std::string input, bool skip, Progress& progress);

  // Errors of the frame at this place of the input become errors that name both; success where it
  // is skipped.
  Status refuse(std::size_t place, Errors errors);
  [[nodiscard]] std::size_t skipped() const noexcept { return skipped_; }

 private:
  const std::string input_;
  const bool skip_;
  Progress& progress_;
  std::size_t skipped_ = 0;
};

}  // namespace rigjit::cli
