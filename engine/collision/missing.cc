#include "collision/missing.h"

#include <algorithm>
#include <string>

namespace rigjit::collision {
namespace {

Error no_answer(const Batch& batch, std::size_t frame, std::size_t pair) {
  const auto [a, b] = batch.pairs[pair];
  Error error =
      make_error("no-answer", "frame " + std::to_string(batch.transforms.first_frame + frame) +
                                  ", " + quoted(batch.hulls.names[static_cast<std::size_t>(a)]) +
                                  " and " + quoted(batch.hulls.names[static_cast<std::size_t>(b)]) +
                                  ": no certain distance was found");
  error.path = "pairs[" + std::to_string(pair) + "]";
  return error;
}

}  // namespace

void Missing::add(std::size_t frame, std::size_t pair) {
  const std::lock_guard lock(mutex_);
  places_.emplace_back(frame, pair);
}

std::set<std::size_t> Missing::settle(ErrorList& errors) {
  std::set<std::size_t> frames;
  std::ranges::sort(places_);
  for (const auto& [frame, pair] : places_) {
    frames.insert(frame);
    if (batch_.valid != nullptr) {
      batch_.valid[frame] = 0;
    } else {
      errors.add(no_answer(batch_, frame, pair));
    }
  }
  return frames;
}

}  // namespace rigjit::collision
