#include "collision/pair_check.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <unordered_map>

namespace rigjit::collision {
namespace {

std::string text_of(const Pair& pair) {
  return "(" + std::to_string(pair[0]) + ", " + std::to_string(pair[1]) + ")";
}

Error bad_pair(std::size_t at, const Pair& pair, const std::string& what) {
  Error error =
      make_error("bad-pair", "pair " + std::to_string(at) + " is " + text_of(pair) + ": " + what);
  error.path = "pairs[" + std::to_string(at) + "]";
  return error;
}

}  // namespace

void check_pairs(const Pair* pairs, std::size_t count, const HullsData& hulls, ErrorList& errors) {
  const auto hull_count = static_cast<int64_t>(hulls.hulls.size());
  std::unordered_map<uint64_t, std::size_t> seen;  // the place of a pair by its hulls
  seen.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto [a, b] = pairs[i];
    const auto [low, high] = std::minmax(a, b);
    if (low < 0 || high >= hull_count) {
      errors.add(bad_pair(i, pairs[i],
                          "there are " + std::to_string(hull_count) + " hulls, numbered from 0"));
      continue;
    }
    if (a == b) {
      errors.add(bad_pair(i, pairs[i], "a hull (" + quoted(hulls.names[a]) + ") with itself"));
      continue;
    }
    const uint64_t key = static_cast<uint64_t>(low) << 32U | static_cast<uint32_t>(high);
    if (const auto [known, is_new] = seen.try_emplace(key, i); !is_new) {
      errors.add(bad_pair(i, pairs[i],
                          quoted(hulls.names[a]) + " and " + quoted(hulls.names[b]) + " are pair " +
                              std::to_string(known->second) + " already"));
    }
  }
}

void check_depths(const ContactOptions& options, std::size_t pair_count, ErrorList& errors) {
  if (options.depth_count > 1 && options.depth_count != pair_count) {
    errors.add(make_error("bad-depth", "there are " + std::to_string(options.depth_count) +
                                           " depths and " + std::to_string(pair_count) +
                                           " pairs; give one depth, or one a pair"));
    return;
  }
  for (std::size_t i = 0; i < options.depth_count; ++i) {
    const float depth = options.depths[i];
    if (depth >= 0 && std::isfinite(depth)) continue;
    Error error =
        make_error("bad-depth", "depth " + std::to_string(i) + " is " + short_number(depth) +
                                    "; depths are finite and not negative");
    error.path = "depth[" + std::to_string(i) + "]";
    errors.add(std::move(error));
  }
}

void check_max_distance(float max_distance, ErrorList& errors) {
  if (!std::isnan(max_distance)) return;
  Error error = make_error("bad-max-distance", "max_distance is not a number");
  error.path = "max_distance";
  errors.add(std::move(error));
}

}  // namespace rigjit::collision
