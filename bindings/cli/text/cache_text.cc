#include "text/cache_text.h"

#include <cstdio>

#include "text/json.h"

namespace rigjit::cli {
namespace {

constexpr double kHour = 3600;  // seconds

// "     12345 bytes      2.5 h unused  code  message x86-64-v3 ..."
std::string line_of(const CacheEntry& entry) {
  char numbers[64];
  std::snprintf(numbers, sizeof(numbers), "%10llu bytes %8.1f h unused  ",
                static_cast<unsigned long long>(entry.size_bytes), entry.unused_s / kHour);
  std::string line = numbers + std::string(to_string(entry.kind));
  for (const std::string* part :
       {&entry.rig_name, &entry.rig_hash, &entry.program, &entry.target, &entry.llvm_version}) {
    if (!part->empty()) line += "  " + *part;
  }
  line += "  " + entry.path;
  if (!entry.problem.empty()) line += "\n           not used: " + entry.problem;
  return line + "\n";
}

std::string json_of(const CacheEntry& entry) {
  char times[96];
  std::snprintf(times, sizeof(times), ", \"age_s\": %.0f, \"unused_s\": %.0f", entry.age_s,
                entry.unused_s);
  return "{\"path\": " + json_string(entry.path) +
         ", \"kind\": " + json_string(to_string(entry.kind)) +
         ", \"size_bytes\": " + std::to_string(entry.size_bytes) + times +
         ", \"problem\": " + json_string_or_null(entry.problem) +
         ", \"rig_hash\": " + json_string_or_null(entry.rig_hash) +
         ", \"rig_name\": " + json_string_or_null(entry.rig_name) +
         ", \"program\": " + json_string_or_null(entry.program) +
         ", \"target\": " + json_string_or_null(entry.target) +
         ", \"llvm_version\": " + json_string_or_null(entry.llvm_version) + "}";
}

std::string json_of(const std::vector<CacheEntry>& entries) {
  std::string json;
  for (const CacheEntry& entry : entries) {
    json += (json.empty() ? "" : ",\n    ") + json_of(entry);
  }
  return "[" + json + "]";
}

std::string json_of(const CacheAnswer& answer) {
  std::string differences;
  for (const KeyDifference& difference : answer.differences) {
    differences += (differences.empty() ? "" : ", ") + std::string("{\"field\": ") +
                   json_string(difference.field) + ", \"entry\": " + json_string(difference.entry) +
                   ", \"wanted\": " + json_string(difference.wanted) + "}";
  }
  return "{\"program\": " + json_string(answer.program) +
         ", \"target\": " + json_string(answer.target) +
         ", \"directory\": " + json_string_or_null(answer.directory) +
         ", \"path\": " + json_string_or_null(answer.path) +
         ", \"found\": " + (answer.problem.empty() ? "true" : "false") +
         ", \"problem\": " + json_string_or_null(answer.problem) +
         ", \"nearest\": " + json_string_or_null(answer.nearest) + ", \"differences\": [" +
         differences + "]}";
}

std::string json_members_of(const CacheListing& listing) {
  return "\"directory\": " + json_string_or_null(listing.directory) +
         ", \"read_only\": " + (listing.read_only ? "true" : "false") +
         ", \"unusable\": " + json_string_or_null(listing.unusable) +
         ", \"unusable_specs\": " + json_string_or_null(listing.unusable_specs) +
         ", \"unwritable\": " + json_string_or_null(listing.unwritable) + ", \"size_limit\": " +
         (listing.size_limit ? std::to_string(*listing.size_limit) : "null") +
         ", \"size_limit_problem\": " + json_string_or_null(listing.size_limit_problem);
}

std::string json_of(const CacheListing& listing) {
  return "{" + json_members_of(listing) + ",\n   \"entries\": " + json_of(listing.entries) + "}";
}

// Of what counts towards the size limit.
struct Totals {
  std::size_t entries = 0;
  std::size_t problems = 0;  // entries that a load would not use
  uint64_t size_bytes = 0;
};

Totals totals_of(const CacheListing& listing) {
  Totals totals;
  for (const CacheEntry& entry : listing.entries) {
    if (entry.kind == CacheEntry::Kind::kUnknown) continue;
    totals.entries += 1;
    totals.problems += entry.problem.empty() ? 0 : 1;
    totals.size_bytes += entry.size_bytes;
  }
  return totals;
}

}  // namespace

std::string state_of(const CacheListing& listing) {
  if (!listing.unusable.empty()) return "cannot be used: " + listing.unusable;
  const Totals totals = totals_of(listing);
  return std::to_string(totals.entries) + " files, " + std::to_string(totals.size_bytes) +
         " bytes" +
         (listing.size_limit ? " of at most " + std::to_string(*listing.size_limit) : "") +
         (totals.problems == 0 ? "" : ", " + std::to_string(totals.problems) + " not used") +
         (listing.read_only ? ", only read from" : "") +
         (listing.unusable_specs.empty() ? "" : "; no specs: " + listing.unusable_specs) +
         (listing.unwritable.empty() ? "" : "; nothing new is kept: " + listing.unwritable) +
         (listing.size_limit_problem.empty() ? "" : "; " + listing.size_limit_problem);
}

std::string json_state_of(const CacheListing& listing) {
  const Totals totals = totals_of(listing);
  return "{" + json_members_of(listing) + ", \"entries\": " + std::to_string(totals.entries) +
         ", \"problem_entries\": " + std::to_string(totals.problems) +
         ", \"size_bytes\": " + std::to_string(totals.size_bytes) + "}";
}

std::string text_of(const std::vector<CacheListing>& listings) {
  std::string text;
  for (const CacheListing& listing : listings) {
    if (!listing.unusable.empty()) continue;
    for (const CacheEntry& entry : listing.entries) text += line_of(entry);
    text += listing.directory + ": " + state_of(listing) + "\n";
  }
  return text;
}

std::string json_of(const std::vector<CacheListing>& listings) {
  std::string json;
  for (const CacheListing& listing : listings) {
    json += (json.empty() ? "" : ",\n  ") + json_of(listing);
  }
  return "[" + json + "]\n";
}

std::string text_of(const CacheExplanation& explanation) {
  std::string text = explanation.rig_name + ": " + explanation.rig_hash + "\n";
  for (const CacheAnswer& answer : explanation.answers) {
    text += answer.program + " for " + answer.target + ": " +
            (answer.problem.empty() ? "found" : "not found, " + answer.problem) + "\n  " +
            answer.path + "\n";
    if (answer.nearest.empty()) continue;
    text += "  nearest: " + answer.nearest + "\n";
    for (const KeyDifference& difference : answer.differences) {
      text += "    " + difference.field + ": " + difference.entry + " instead of " +
              difference.wanted + "\n";
    }
  }
  return text;
}

std::string json_of(const CacheExplanation& explanation) {
  std::string json;
  for (const CacheAnswer& answer : explanation.answers) {
    json += (json.empty() ? "" : ",\n  ") + json_of(answer);
  }
  return "{\"rig_name\": " + json_string(explanation.rig_name) +
         ", \"rig_hash\": " + json_string(explanation.rig_hash) + ",\n \"answers\": [" + json +
         "]}\n";
}

std::string text_of(const CacheRemoval& removal) {
  return "removed " + std::to_string(removal.removed.entries.size()) + " files, " +
         std::to_string(removal.removed_bytes) + " bytes from " + removal.removed.directory + "\n";
}

std::string json_of(const CacheRemoval& removal) {
  return "{\"directory\": " + json_string(removal.removed.directory) +
         ", \"removed_bytes\": " + std::to_string(removal.removed_bytes) +
         ",\n \"removed\": " + json_of(removal.removed.entries) + "}\n";
}

}  // namespace rigjit::cli
