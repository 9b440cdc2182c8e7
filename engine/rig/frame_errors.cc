#include "rig/frame_errors.h"

#include <algorithm>
#include <string>

#include "base/make_error.h"
#include "reference/reference.h"

namespace rigjit {
namespace {

Errors culprits(const RigCore& core, std::span<const float> vec,
                const std::function<std::vector<float>()>& values_of) {
  if (const Result<std::shared_ptr<const Plan>> plan = core.plan()) {
    Errors errors = diagnose_refused(**plan, vec, values_of);
    if (!errors.empty()) return errors;
  }
  return {make_error("degenerate",
                     "the vector gives no usable pose: a result is not finite, or a rotation "
                     "has no direction")};
}

}  // namespace

void name_frame(Error& error, std::size_t frame, const std::string& batch) {
  const std::string number = std::to_string(frame);
  error.message = "frame " + number + ": " + error.message;
  const std::string place = error.path.value_or("");
  error.path = batch + "[" + number + "]" + place.substr(std::min(place.find('['), place.size()));
}

Errors explain(const RigCore& core, std::span<const float> vec, std::optional<std::size_t> frame,
               const std::function<std::vector<float>()>& values_of) {
  Errors errors = culprits(core, vec, values_of);
  if (frame) {
    for (Error& error : errors) name_frame(error, *frame, "vecs");
  }
  return errors;
}

}  // namespace rigjit
