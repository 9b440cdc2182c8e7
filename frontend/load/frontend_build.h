// Which sources this frontend was built from.
#pragma once

#include "base/checksum.h"

namespace rigjit {

// Digest of the sources of frontend/: a description that another build cached is never believed.
[[nodiscard]] Hash128 frontend_build() noexcept;

}  // namespace rigjit
