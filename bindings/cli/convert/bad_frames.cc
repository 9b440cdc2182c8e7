#include "convert/bad_frames.h"

#include <utility>

namespace rigjit::cli {

bool BadFrameReport::show(const Errors& errors) {
  constexpr std::size_t kShownFrames = 10;
  constexpr std::size_t kShownErrorsAFrame = 3;
  if (shown_ == kShownFrames) return false;
  ++shown_;
  progress_.complain(to_string(errors, kShownErrorsAFrame));
  return true;
}

BadFrames::BadFrames(std::string input, bool skip, BadFrameReport& report)
    : input_(std::move(input)), skip_(skip), report_(report) {}

Status BadFrames::refuse(std::size_t place, Errors errors) {
  for (Error& error : errors) {
    error.message = "frame " + std::to_string(place) + ": " + error.message;
    if (!error.file) error.file = input_;
  }
  if (!skip_) return errors;
  if (!report_.show(errors)) ++only_counted_;
  ++skipped_;
  return Done{};
}

}  // namespace rigjit::cli
