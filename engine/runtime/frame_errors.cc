#include "runtime/frame_errors.h"

#include <string>
#include <string_view>

#include "plan/reference.h"
#include "runtime/make_error.h"

namespace rigjit {
namespace {

Errors culprits(const RigCore& core, std::span<const float> vec) {
  if (const Result<std::shared_ptr<const Plan>> plan = core.plan()) {
    Errors errors = diagnose_refused(**plan, vec);
    if (!errors.empty()) return errors;
  }
  return {make_error("degenerate",
                     "the vector gives no usable pose: a result is not finite, or a rotation "
                     "has no direction")};
}

void name_frame(Error& error, const std::string& frame) {
  constexpr std::string_view kVector = "vec";
  error.message = "frame " + frame + ": " + error.message;
  const std::string place = error.path.value_or(std::string(kVector));
  if (place.starts_with(kVector)) {
    error.path = "vecs[" + frame + "]" + place.substr(kVector.size());
  }
}

}  // namespace

Errors explain(const RigCore& core, std::span<const float> vec, std::optional<std::size_t> frame) {
  Errors errors = culprits(core, vec);
  if (frame) {
    for (Error& error : errors) name_frame(error, std::to_string(*frame));
  }
  return errors;
}

}  // namespace rigjit
