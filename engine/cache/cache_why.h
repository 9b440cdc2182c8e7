// Why a load finds its code in the cache, or why not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "code/target.h"
#include "describe/description.h"
#include "rigjit/cache.h"

namespace rigjit {

// Of the programs that users meet (kUsualPrograms), for loads that may use these targets, best
// first. Checks what is there as a load does, but neither runs nor changes anything. `directories`:
// as LoadOptions::cache_dir.
[[nodiscard]] CacheExplanation explain_cache(const RigDescription& description,
                                             const std::vector<const Target*>& targets,
                                             const std::optional<std::string>& directories);

}  // namespace rigjit
