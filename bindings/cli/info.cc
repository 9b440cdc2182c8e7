#include "cache_text.h"
#include "commands.h"
#include "json.h"
#include "output.h"
#include "rigjit/about.h"
#include "rigjit/cache.h"

namespace rigjit::cli {
namespace {

std::string default_target(const About& about) {
  for (const About::Target& target : about.targets) {
    if (target.is_default) return target.name;
  }
  return "none";
}

std::string plain_text(const About& about, const std::vector<CacheListing>& cache) {
  std::string text = "rigjit   " + about.version + "\nLLVM     " + about.llvm_version +
                     "\ntarget   " + default_target(about) + "\ntargets ";
  for (const About::Target& target : about.targets) {
    text += " " + target.name + (target.runs_here ? "" : " (not on this machine)") +
            (&target == &about.targets.back() ? "" : ",");
  }
  text += "\n";
  for (const CacheListing& listing : cache) {
    text += "cache    " + (listing.directory.empty() ? "none" : listing.directory) + "\n         " +
            state_of(listing) + "\n";
  }
  return text;
}

std::string json_text(const About& about, const std::vector<CacheListing>& cache) {
  std::string targets;
  for (const About::Target& target : about.targets) {
    targets += (targets.empty() ? "" : ", ") + std::string("{\"name\": ") +
               json_string(target.name) +
               ", \"runs_here\": " + (target.runs_here ? "true" : "false") + "}";
  }
  std::string layers;
  for (const CacheListing& listing : cache) {
    layers += (layers.empty() ? "" : ", ") + std::string("{\"directory\": ") +
              json_string_or_null(listing.directory) +
              ", \"state\": " + json_string(state_of(listing)) + "}";
  }
  return "{\"version\": " + json_string(about.version) +
         ", \"llvm_version\": " + json_string(about.llvm_version) +
         ", \"target\": " + json_string(default_target(about)) + ", \"targets\": [" + targets +
         "], \"cache_dir\": " + json_string_or_null(cache.back().directory) +
         ", \"cache_state\": " + json_string(state_of(cache.back())) + ", \"cache\": [" + layers +
         "]}\n";
}

}  // namespace

int info(const InfoOptions& options) {
  const About build = about();
  const std::vector<CacheListing> cache = list_cache(options.cache_dir);
  return print(options.json ? json_text(build, cache) : plain_text(build, cache));
}

}  // namespace rigjit::cli
