// The keys `min`, `max` and `limit` of a transformation.
#pragma once

#include <cstddef>

#include "plan/plan.h"
#include "spec/dict_reader.h"
#include "spec/report.h"
#include "spec/rig_spec.h"
#include "spec/value.h"

namespace rigjit {

// Null where the key is missing.
struct LimitValues {
  const Value* min;
  const Value* max;
  const Value* limit;
};
[[nodiscard]] LimitValues find_limits(DictReader& reader);

// One number for all of `count` channels, or a list that follows them; `none` for no limit. Reports
// and returns false also where a min is above its max and where `limit` has no limits to speak of.
bool read_limits(Report& report, const LimitValues& values, std::size_t count, LimitsSpec& out);

// The same for one channel, which takes no lists. `out`: what holds without the keys.
// `has_limits`: whether `limit` says something without min and max.
bool read_limit(Report& report, const LimitValues& values, bool has_limits, Limits& out);

}  // namespace rigjit
