#include "collision/error_text.h"

#include <cstdio>
#include <utility>

namespace rigjit::collision {

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g", value);
  return text;
}

void ErrorList::add(Error error) {
  if (has_room()) {
    errors_.push_back(std::move(error));
  } else {
    count();
  }
}

Errors ErrorList::take() && {
  if (more_ > 0) {
    errors_.push_back(make_error("more-mistakes", "there are " + std::to_string(more_) +
                                                      " more mistakes than these " +
                                                      std::to_string(kMost)));
  }
  return std::move(errors_);
}

}  // namespace rigjit::collision
