#include "rigjit/cache.h"

#include <algorithm>

#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"
#include "rigjit/load.h"
#include "text/cache_text.h"

namespace rigjit::cli {
namespace {

// The answers about a program end with what a load takes, if there is something.
bool finds_all(const std::vector<CacheAnswer>& answers) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool is_last = i + 1 == answers.size() || answers[i + 1].program != answers[i].program;
    if (is_last && !answers[i].problem.empty()) return false;
  }
  return true;
}

int print_listings(const std::vector<CacheListing>& listings, bool json) {
  int exit_code = json ? print(json_of(listings)) : print_lines(text_of(listings));
  for (const CacheListing& listing : listings) {
    for (const std::string* problem : {&listing.unusable, &listing.unusable_specs}) {
      if (problem->empty()) continue;
      if (!json) complain("rigjit: " + *problem);
      exit_code = kMistake;
    }
  }
  return exit_code;
}

int print_removal(const CacheRemoval& removal, bool json) {
  for (const std::string& failure : removal.failures) complain(failure);
  if (!removal.removed.unusable.empty()) {
    complain("rigjit: " + removal.removed.unusable);
    return kMistake;
  }
  const std::string& specs = removal.removed.unusable_specs;
  if (!specs.empty()) complain("rigjit: nothing is removed there: " + specs);
  const int printed = json ? print(json_of(removal)) : print_lines(text_of(removal));
  return removal.failures.empty() && specs.empty() ? printed : kMistake;
}

}  // namespace

int cache_ls(const CacheOptions& options) {
  return print_listings(list_cache(options.cache_dir), options.json);
}

int cache_dir(const CacheOptions& options) {
  std::string text;
  for (const CacheListing& listing : list_cache(options.cache_dir)) {
    if (listing.directory.empty()) {
      complain("rigjit: " + listing.unusable);
      return kMistake;
    }
    text += listing.directory + "\n";
  }
  return print(text);
}

int cache_verify(const CacheOptions& options) {
  const std::vector<CacheListing> listings = verify_cache(options.cache_dir);
  const int exit_code = print_listings(listings, options.json);
  const bool damaged = std::ranges::any_of(listings, [](const CacheListing& listing) {
    return std::ranges::any_of(listing.entries,
                               [](const CacheEntry& entry) { return !entry.problem.empty(); });
  });
  return damaged ? kMistake : exit_code;
}

int cache_clear(const CacheOptions& options) {
  return print_removal(clear_cache(options.cache_dir), options.json);
}

int cache_prune(const CacheOptions& options) {
  return print_removal(prune_cache(options.prune, options.cache_dir), options.json);
}

int cache_why(const CacheOptions& options) {
  LoadOptions load;
  load.cache_dir = options.cache_dir;
  load.target = options.target;
  load.name_space = options.name_space;
  const Result<CacheExplanation> explanation = with_spec(
      options.spec, [&](const SpecSource& source) { return explain_cache(source, load); });
  if (!explanation) return complain(explanation.errors());
  const int printed =
      options.json ? print(json_of(*explanation)) : print_lines(text_of(*explanation));
  return finds_all(explanation->answers) ? printed : kMistake;
}

}  // namespace rigjit::cli
