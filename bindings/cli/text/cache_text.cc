#include "text/cache_text.h"

#include <cstdio>

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

void write(JsonPrinter& json, const CacheEntry& entry) {
  json.object()
      .member("path", entry.path)
      .member("kind", to_string(entry.kind))
      .member("size_bytes", entry.size_bytes)
      .key("age_s")
      .whole(entry.age_s)
      .key("unused_s")
      .whole(entry.unused_s)
      .member_or_null("problem", entry.problem)
      .member_or_null("rig_hash", entry.rig_hash)
      .member_or_null("rig_name", entry.rig_name)
      .member_or_null("program", entry.program)
      .member_or_null("target", entry.target)
      .member_or_null("llvm_version", entry.llvm_version)
      .end();
}

void write(JsonPrinter& json, const std::vector<CacheEntry>& entries) {
  json.array(JsonPrinter::Layout::kLines);
  for (const CacheEntry& entry : entries) write(json, entry);
  json.end();
}

void write(JsonPrinter& json, const CacheAnswer& answer) {
  json.object()
      .member("program", answer.program)
      .member("target", answer.target)
      .member_or_null("directory", answer.directory)
      .member_or_null("path", answer.path)
      .member("found", answer.problem.empty())
      .member_or_null("problem", answer.problem)
      .member_or_null("nearest", answer.nearest)
      .key("differences")
      .array();
  for (const KeyDifference& difference : answer.differences) {
    json.object()
        .member("field", difference.field)
        .member("entry", difference.entry)
        .member("wanted", difference.wanted)
        .end();
  }
  json.end().end();
}

// Of an object that is open.
void write_members(JsonPrinter& json, const CacheListing& listing) {
  json.member_or_null("directory", listing.directory)
      .member("read_only", listing.read_only)
      .member_or_null("unusable", listing.unusable)
      .member_or_null("unusable_specs", listing.unusable_specs)
      .member_or_null("unwritable", listing.unwritable)
      .member("size_limit", listing.size_limit)
      .member_or_null("size_limit_problem", listing.size_limit_problem);
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

void write_state(JsonPrinter& json, const CacheListing& listing) {
  const Totals totals = totals_of(listing);
  json.object();
  write_members(json, listing);
  json.member("entries", totals.entries)
      .member("problem_entries", totals.problems)
      .member("size_bytes", totals.size_bytes)
      .end();
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
  JsonPrinter json;
  json.array(JsonPrinter::Layout::kLines);
  for (const CacheListing& listing : listings) {
    json.object();
    write_members(json, listing);
    json.key("entries");
    write(json, listing.entries);
    json.end();
  }
  return json.end().take();
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
  JsonPrinter json;
  json.object()
      .member("rig_name", explanation.rig_name)
      .member("rig_hash", explanation.rig_hash)
      .key("answers")
      .array(JsonPrinter::Layout::kLines);
  for (const CacheAnswer& answer : explanation.answers) write(json, answer);
  return json.end().end().take();
}

std::string text_of(const CacheRemoval& removal) {
  return "removed " + std::to_string(removal.removed.entries.size()) + " files, " +
         std::to_string(removal.removed_bytes) + " bytes from " + removal.removed.directory + "\n";
}

std::string json_of(const CacheRemoval& removal) {
  JsonPrinter json;
  json.object()
      .member("directory", removal.removed.directory)
      .member("removed_bytes", removal.removed_bytes)
      .key("removed");
  write(json, removal.removed.entries);
  return json.end().take();
}

}  // namespace rigjit::cli
