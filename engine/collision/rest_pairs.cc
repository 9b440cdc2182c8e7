// The pairs that are worth looking at.
#include <cmath>
#include <string>

#include "base/default_float_env.h"
#include "collision/error_text.h"
#include "collision/hull_data.h"

namespace rigjit::collision {
namespace {

void check_parents(const int32_t* parents, const HullsData& hulls, ErrorList& errors) {
  if (parents == nullptr) return;
  const auto count = static_cast<int32_t>(hulls.hulls.size());
  for (int32_t i = 0; i < count; ++i) {
    if (parents[i] < count && parents[i] != i) continue;
    Error error = make_error(
        "bad-parent",
        "hull " + quoted(hulls.names[i]) + " has the parent " + std::to_string(parents[i]) +
            (parents[i] == i ? ", itself"
                             : "; there are " + std::to_string(count) + " hulls, numbered from 0"));
    error.path = "parents[" + std::to_string(i) + "]";
    errors.add(std::move(error));
  }
}

std::string why_near(float distance, double slack) {
  if (distance < 0) return short_number(-distance) + " deep in the rest pose";
  if (distance == 0) return "touching in the rest pose";
  return short_number(distance) + " apart in the rest pose, within the slack of " +
         short_number(slack);
}

}  // namespace

Result<PairList> Hulls::pairs(const Transforms& rest, const int32_t* parents, double slack) const {
  ErrorList errors;
  check_parents(parents, *data_, errors);
  if (!(slack >= 0) || !std::isfinite(slack)) {
    errors.add(make_error(
        "bad-slack", "slack is " + short_number(slack) + "; it must be finite and not negative"));
  }
  if (rest.frames != 1) {
    errors.add(make_error("wrong-shape",
                          "the rest pose is one frame, not " + std::to_string(rest.frames)));
  }
  if (!errors.is_empty()) return std::move(errors).take();

  PairList list;
  std::vector<Pair> candidates;
  const auto count = static_cast<int32_t>(size());
  for (int32_t i = 0; i < count; ++i) {
    for (int32_t j = i + 1; j < count; ++j) {
      if (parents != nullptr && (parents[i] == j || parents[j] == i)) {
        list.ignored.push_back({{i, j}, "parent and child"});
      } else {
        candidates.push_back({i, j});
      }
    }
  }
  DistanceOptions options;
  options.max_distance = static_cast<float>(slack);
  std::vector<float> distances(candidates.size());
  const Status status =
      signed_distance(rest, candidates.data(), candidates.size(), options, distances.data());
  if (!status) return status.errors();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (std::isinf(distances[i])) {
      list.pairs.push_back(candidates[i]);
    } else {
      list.ignored.push_back({candidates[i], why_near(distances[i], slack)});
    }
  }
  return list;
}

}  // namespace rigjit::collision
