// A spec file's text.
#pragma once

#include <string>

#include "rigjit/result.h"

namespace rigjit {

// Errors: "unreadable-file" (category kFile): missing, no permission, a directory;
// "file-too-large": over 32 MB, told from its size and so unread. Pipes are read to their end or to
// that bound.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

}  // namespace rigjit
