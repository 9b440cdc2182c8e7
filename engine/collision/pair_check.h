// Callers' lists of pairs and depths, checked all at once.
#pragma once

#include <cstddef>

#include "collision/error_text.h"
#include "collision/hull_data.h"

namespace rigjit::collision {

// "bad-pair": out of range, a hull with itself, or a pair that comes twice, either way round.
void check_pairs(const Pair* pairs, std::size_t count, const HullsData& hulls, ErrorList& errors);

// "bad-depth": negative or not finite, or neither one nor one a pair.
void check_depths(const ContactOptions& options, std::size_t pair_count, ErrorList& errors);

// "bad-max-distance": not a number.
void check_max_distance(float max_distance, ErrorList& errors);

}  // namespace rigjit::collision
