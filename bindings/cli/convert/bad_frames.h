// What becomes of frames that cannot be converted.
#pragma once

#include <cstddef>
#include <string>

#include "io/progress.h"
#include "rigjit/result.h"

namespace rigjit::cli {

// What a run of the program says of bad frames that it skips: of the first ones what is wrong with
// them, of the others how many there are. A rig has thousands of channels, a shot thousands of
// frames.
class BadFrameReport {
 public:
  explicit BadFrameReport(Progress& progress) : progress_(progress) {}
  // False where the frame is only counted.
  bool show(const Errors& errors);

 private:
  Progress& progress_;
  std::size_t shown_ = 0;
};

// Of one input.
class BadFrames {
 public:
  // input: its name, for messages. skip: bad frames are left out, and reported.
  BadFrames(std::string input, bool skip, BadFrameReport& report);

  // Errors of the frame at this place of the input become errors that name both; success where it
  // is skipped.
  Status refuse(std::size_t place, Errors errors);
  [[nodiscard]] std::size_t skipped() const noexcept { return skipped_; }
  // Of those skipped: not shown.
  [[nodiscard]] std::size_t only_counted() const noexcept { return only_counted_; }

 private:
  const std::string input_;
  const bool skip_;
  BadFrameReport& report_;
  std::size_t skipped_ = 0;
  std::size_t only_counted_ = 0;
};

}  // namespace rigjit::cli
