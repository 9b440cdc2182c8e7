#include "commands.h"
#include "json.h"
#include "output.h"
#include "rigjit/about.h"
#include "rigjit/cache.h"

namespace rigjit::cli {
namespace {

std::string state_of(const CacheListing& listing) {
  if (!listing.unusable.empty()) return "cannot be used: " + listing.unusable;
  uint64_t bytes = 0;
  for (const CacheEntry& entry : listing.entries) bytes += entry.size_bytes;
  return std::to_string(listing.entries.size()) + " files, " + std::to_string(bytes) + " bytes" +
         (listing.unwritable.empty() ? "" : "; nothing new is kept: " + listing.unwritable);
}

std::string default_target(const About& about) {
  for (const About::Target& target : about.targets) {
    if (target.is_default) return target.name;
  }
  return "none";
}

std::string plain_text(const About& about, const CacheListing& cache) {
  std::string text = "rigjit   " + about.version + "\nLLVM     " + about.llvm_version +
                     "\ntarget   " + default_target(about) + "\ntargets ";
  for (const About::Target& target : about.targets) {
    text += " " + target.name + (target.runs_here ? "" : " (not on this machine)") +
            (&target == &about.targets.back() ? "" : ",");
  }
  return text + "\ncache    " + (cache.directory.empty() ? "none" : cache.directory) +
         "\n         " + state_of(cache) + "\n";
}

std::string json_text(const About& about, const CacheListing& cache) {
  std::string targets;
  for (const About::Target& target : about.targets) {
    targets += (targets.empty() ? "" : ", ") + std::string("{\"name\": ") +
               json_string(target.name) +
               ", \"runs_here\": " + (target.runs_here ? "true" : "false") + "}";
  }
  return "{\"version\": " + json_string(about.version) +
         ", \"llvm_version\": " + json_string(about.llvm_version) +
         ", \"target\": " + json_string(default_target(about)) + ", \"targets\": [" + targets +
         "], \"cache_dir\": " + (cache.directory.empty() ? "null" : json_string(cache.directory)) +
         ", \"cache_state\": " + json_string(state_of(cache)) + "}\n";
}

}  // namespace

int info(const InfoOptions& options) {
  const About build = about();
  const CacheListing cache = list_cache(options.cache_dir);
  return print(options.json ? json_text(build, cache) : plain_text(build, cache));
}

}  // namespace rigjit::cli
