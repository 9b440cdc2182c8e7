// What load() and prebuild() have in common.
#pragma once

#include <cstdint>

#include "load/load_targets.h"
#include "rigjit/load.h"
#include "spec/read_source.h"

namespace rigjit {

// kAlone: takes no rig that this process has loaded, and gives none to it.
enum class Sharing : uint8_t { kWithProcess, kAlone };

// load() for targets that are settled. This machine need not run them: it is the caller who must
// not call the rig's functions then.
[[nodiscard]] Result<Rig> load_for(SpecTexts texts, const LoadOptions& options, Targets targets,
                                   Sharing sharing);

}  // namespace rigjit
