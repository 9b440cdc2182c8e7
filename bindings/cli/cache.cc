#include "rigjit/cache.h"

#include <cstdio>

#include "commands.h"
#include "output.h"

namespace rigjit::cli {
namespace {

// "3f2a... code  message x86-64-v3  12345 bytes  2.5 h"
std::string line_of(const CacheEntry& entry) {
  char numbers[64];
  std::snprintf(numbers, sizeof(numbers), "%10llu bytes %8.1f h old  ",
                static_cast<unsigned long long>(entry.size_bytes), entry.age_s / 3600);
  std::string line = numbers + std::string(to_string(entry.kind));
  for (const std::string* part :
       {&entry.rig_name, &entry.rig_hash, &entry.program, &entry.target, &entry.llvm_version}) {
    if (!part->empty()) line += "  " + *part;
  }
  line += "  " + entry.path;
  if (!entry.problem.empty()) line += "\n           not used: " + entry.problem;
  return line + "\n";
}

std::string text_of(const CacheListing& listing) {
  std::string text;
  uint64_t bytes = 0;
  for (const CacheEntry& entry : listing.entries) {
    text += line_of(entry);
    bytes += entry.size_bytes;
  }
  return text + std::to_string(listing.entries.size()) + " files, " + std::to_string(bytes) +
         " bytes in " + listing.directory +
         (listing.unwritable.empty() ? "" : "; nothing new is kept: " + listing.unwritable) + "\n";
}

int complain_unusable(const CacheListing& listing) {
  complain("rigjit: the cache cannot be used: " + listing.unusable);
  return kMistake;
}

}  // namespace

int cache_ls(const CacheOptions& options) {
  const CacheListing listing = list_cache(options.cache_dir);
  if (!listing.unusable.empty()) return complain_unusable(listing);
  return print(text_of(listing));
}

int cache_dir(const CacheOptions& options) {
  const CacheListing listing = list_cache(options.cache_dir);
  if (listing.directory.empty()) return complain_unusable(listing);
  return print(listing.directory + "\n");
}

int cache_verify(const CacheOptions& options) {
  const CacheListing listing = verify_cache(options.cache_dir);
  if (!listing.unusable.empty()) return complain_unusable(listing);
  bool damaged = false;
  for (const CacheEntry& entry : listing.entries) {
    damaged = damaged || !entry.problem.empty();
  }
  const int printed = print(text_of(listing));
  return damaged ? kMistake : printed;
}

int cache_clear(const CacheOptions& options) {
  const CacheRemoval removal = clear_cache(options.cache_dir);
  for (const std::string& failure : removal.failures) complain(failure);
  if (!removal.removed.unusable.empty()) return complain_unusable(removal.removed);
  const int printed = print("removed " + std::to_string(removal.removed.entries.size()) +
                            " files, " + std::to_string(removal.removed_bytes) + " bytes from " +
                            removal.removed.directory + "\n");
  return removal.failures.empty() ? printed : kMistake;
}

}  // namespace rigjit::cli
