// Users' files that appear under their names whole.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "base/posix_file.h"

namespace rigjit {

// Writes the parts one after the other, in place of what is at `path`, whose permissions stay:
// under a name of its own first, so that readers see the old file or the new one. A symbolic link
// stays one; a device or pipe is written, not replaced.
[[nodiscard]] SysStatus write_whole_file(const std::string& path,
                                         std::initializer_list<std::span<const uint8_t>> parts);

}  // namespace rigjit
