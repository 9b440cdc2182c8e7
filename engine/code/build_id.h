// Which sources this engine was built from.
#pragma once

#include "base/checksum.h"

namespace rigjit {

// Digest of the sources of engine/plan and engine/codegen and of the version: code that another
// build cached is never run by this one. Made by build_id.cmake when one of those files changes.
[[nodiscard]] Hash128 engine_build() noexcept;

}  // namespace rigjit
