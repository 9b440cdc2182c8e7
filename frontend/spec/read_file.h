// A spec file's text.
#pragma once

#include <string>

#include "rigjit/result.h"

namespace rigjit {

// Errors: "unreadable-file" (category kFile): missing, no permission, a directory;
// "file-too-large": over 32 MB, told from its size and so unread. Pipes are read to their end or to
// that bound.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

// The same of a file that a spec names: anything but a regular file is "unreadable-file", so that
// a spec cannot make its reader wait for a pipe or a device.
[[nodiscard]] Result<std::string> read_regular_file(const std::string& path);

}  // namespace rigjit
