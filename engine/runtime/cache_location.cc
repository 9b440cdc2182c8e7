#include "runtime/cache_location.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace rigjit {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool is_absolute(const std::string& path) { return path.starts_with('/'); }

}  // namespace

std::expected<std::string, std::string> cache_location(const std::optional<std::string>& asked) {
  std::string path = asked.value_or(std::string());
  if (path.empty()) path = variable("RIGJIT_CACHE_DIR");
  if (path.empty()) {
    const std::string xdg = variable("XDG_CACHE_HOME");
    const std::string home = variable("HOME");
    if (is_absolute(xdg)) {
      path = xdg + "/rigjit";
    } else if (is_absolute(home)) {
      path = home + "/.cache/rigjit";
    } else {
      return std::unexpected(
          "no cache directory: none of RIGJIT_CACHE_DIR, XDG_CACHE_HOME and HOME is set to one");
    }
  }
  // Relative paths are fixed now: a later change of the working directory must not move the cache.
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (error) {
    return std::unexpected("no cache directory: the working directory of the relative path '" +
                           path + "' cannot be read (" + error.message() + ")");
  }
  return absolute.lexically_normal().string();
}

}  // namespace rigjit
