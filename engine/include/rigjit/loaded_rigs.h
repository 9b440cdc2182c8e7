// The rigs that this process keeps loaded, so that loading one again shares its code.
#pragma once

#include <cstddef>

#include "rigjit/export.h"

namespace rigjit {

// Of the rigs loaded from the same text with the same options (and with a cache), the ones used
// last are kept. A rig that is not kept is freed, code included, with its last handle. All of these
// are thread-safe.

// How many are kept at most: $RIGJIT_LOADED_RIGS, else 64, unless set_loaded_rigs_limit was called.
[[nodiscard]] RIGJIT_EXPORT std::size_t loaded_rigs_limit();

// 0 keeps none. Forgets those used longest ago if there are more. Returns the limit before.
RIGJIT_EXPORT std::size_t set_loaded_rigs_limit(std::size_t limit);

// Forgets all of them. Returns how many there were.
RIGJIT_EXPORT std::size_t forget_loaded_rigs();

}  // namespace rigjit
