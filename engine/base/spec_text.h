// Reading the text of a spec: the one bound on its size and the one reader.
#pragma once

#include <cstddef>
#include <string>

#include "rigjit/result.h"

namespace rigjit {

inline constexpr std::size_t kMaxSpecBytes = std::size_t{32} << 20;
inline constexpr const char* kSpecTooLarge = "file-too-large";  // an error's code and its message
inline constexpr const char* kSpecTooLargeText = "a spec has at most 32 MB";

// Errors: "unreadable-file" (category kFile): missing, no permission, a directory;
// "file-too-large": over kMaxSpecBytes, told from its size and so unread. Pipes are read to their
// end or to that bound.
[[nodiscard]] Result<std::string> read_spec(const std::string& path);

// The same of a file that a spec names: anything but a regular file is "unreadable-file", so that
// a spec cannot make its reader wait for a pipe or a device.
[[nodiscard]] Result<std::string> read_regular_spec(const std::string& path);

// The same of what is open already; `name` is for errors.
[[nodiscard]] Result<std::string> read_open_spec(int fd, const std::string& name);

}  // namespace rigjit
