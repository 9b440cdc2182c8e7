// An open cache directory that may be trusted.
#pragma once

#include <sys/stat.h>

#include <expected>
#include <functional>
#include <string>

#include "base/posix_file.h"
#include "cache/cache_entry.h"

namespace rigjit {

// The sub-directory of a cache directory that holds its spec records; code files lie at the top.
inline constexpr const char* kSpecDirectory = "specs";

// That of a cache directory, or of its sub-directory if one is named.
[[nodiscard]] std::string path_of(const std::string& path, const char* sub);

// Opens an existing cache directory, or its sub-directory if one is named, and judges both. The
// error says why it cannot be used.
[[nodiscard]] std::expected<UniqueFd, std::string> open_cache_dir(const std::string& path,
                                                                  const char* sub = nullptr);
// The same, and makes it with its parents if it is missing.
[[nodiscard]] std::expected<UniqueFd, std::string> make_cache_dir(const std::string& path,
                                                                  const char* sub = nullptr);

struct TrustedFile {
  UniqueFd fd;
  struct stat status;
};

// Opens a file of the cache if it is a regular file that may be trusted.
[[nodiscard]] std::expected<TrustedFile, FileFault> open_cache_file(int directory,
                                                                    const std::string& name);

// Removes the name if it still is the file that was opened, not one published since.
void remove_bad_file(int directory, const std::string& name, const TrustedFile& file);

}  // namespace rigjit
