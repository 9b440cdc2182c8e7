#include "convert/bad_frames.h"

#include <utility>

namespace rigjit::cli {

BadFrames::BadFrames(std::string input, bool skip, Progress& progress)
    : input_(std::move(input)), skip_(skip), progress_(progress) {}

Status BadFrames::refuse(std::size_t place, Errors errors) {
  for (Error& error : errors) {
    error.message = "frame " + std::to_string(place) + ": " + error.message;
    if (!error.file) error.file = input_;
  }
  if (!skip_) return errors;
  progress_.complain(errors);
  ++skipped_;
  return Done{};
}

}  // namespace rigjit::cli
