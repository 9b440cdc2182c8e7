// What the commands about the cache print, as lines for people or as one JSON value.
#pragma once

#include <string>
#include <vector>

#include "rigjit/cache.h"
#include "text/json.h"

namespace rigjit::cli {

// "12 files, 345678 bytes", and what is wrong with the directory and with what is in it. Files that
// rigjit did not make do not count.
std::string state_of(const CacheListing& listing);
// The same as a JSON object: directory, read_only, unusable, unusable_specs, unwritable, entries
// (their number), problem_entries (of those, what a load would not use) and size_bytes.
void write_state(JsonPrinter& json, const CacheListing& listing);

std::string text_of(const std::vector<CacheListing>& listings);
std::string json_of(const std::vector<CacheListing>& listings);
std::string text_of(const CacheExplanation& explanation);
std::string json_of(const CacheExplanation& explanation);
std::string text_of(const CacheRemoval& removal);
std::string json_of(const CacheRemoval& removal);

}  // namespace rigjit::cli
