#include "cache/cache_location.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

namespace rigjit {
namespace {

namespace fs = std::filesystem;

constexpr char kSeparator = ':';

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool is_absolute(const std::string& path) { return path.starts_with('/'); }

std::vector<std::string> parts_of(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(kSeparator), list.size());
    if (end != 0) parts.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

std::vector<std::string> default_directory() {
  const std::string xdg = variable("XDG_CACHE_HOME");
  const std::string home = variable("HOME");
  if (is_absolute(xdg)) return {xdg + "/rigjit"};
  if (is_absolute(home)) return {home + "/.cache/rigjit"};
  return {};
}

// The home directory of a user, of this process's without a name; empty if there is none.
std::string home_of(const std::string& user) {
  if (user.empty() && is_absolute(variable("HOME"))) return variable("HOME");
  constexpr std::size_t kRoom = 16384;  // glibc's own programs begin with less
  std::vector<char> room(kRoom);
  struct passwd entry{};
  struct passwd* found = nullptr;
  if (user.empty()) {
    ::getpwuid_r(::getuid(), &entry, room.data(), room.size(), &found);
  } else {
    ::getpwnam_r(user.c_str(), &entry, room.data(), room.size(), &found);
  }
  return found == nullptr ? std::string() : std::string(found->pw_dir);
}

// "~/rigs" and "~user/rigs" as a shell reads them: where a path comes from an option, a service's
// file or a program, no shell does. "./~" is a directory of that name.
std::expected<std::string, std::string> with_home(const std::string& path) {
  if (!path.starts_with('~')) return path;
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string user = path.substr(1, end - 1);
  const std::string home = home_of(user);
  if (is_absolute(home)) return home + path.substr(end);
  return std::unexpected("no cache directory: the home directory of '" + path + "' is not known" +
                         (user.empty() ? "" : "; there is no user '" + user + "'"));
}

// By how many bits a number of such units is shifted: "", "K", "kb", "MiB".
std::optional<std::size_t> shift_of(std::string unit) {
  std::ranges::transform(unit, unit.begin(), [](unsigned char c) { return std::tolower(c); });
  if (unit.empty() || unit == "b") return 0;
  const std::size_t power = std::string_view("kmgt").find(unit[0]);
  const std::string_view rest = std::string_view(unit).substr(1);
  if (power == std::string_view::npos || (rest != "" && rest != "b" && rest != "ib")) return {};
  return 10 * (power + 1);
}

}  // namespace

std::expected<std::vector<std::string>, std::string> cache_directories(
    const std::optional<std::string>& asked) {
  std::vector<std::string> paths = parts_of(asked.value_or(std::string()));
  if (paths.empty()) paths = parts_of(variable("RIGJIT_CACHE_DIR"));
  if (paths.empty()) paths = default_directory();
  if (paths.empty()) {
    return std::unexpected(
        "no cache directory: none of RIGJIT_CACHE_DIR, XDG_CACHE_HOME and HOME is set to one");
  }
  std::vector<std::string> directories;
  for (const std::string& part : paths) {
    const std::expected<std::string, std::string> path = with_home(part);
    if (!path) return std::unexpected(path.error());
    // Relative paths are fixed now: a later change of the working directory must not move them.
    std::error_code error;
    const fs::path absolute = fs::absolute(*path, error);
    if (error) {
      return std::unexpected("no cache directory: the working directory of the relative path '" +
                             *path + "' cannot be read (" + error.message() + ")");
    }
    std::string directory = absolute.lexically_normal().string();
    if (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
    // Where one comes twice, the last place decides which is written to.
    std::erase(directories, directory);
    directories.push_back(std::move(directory));
  }
  return directories;
}

std::string join_directories(const std::vector<std::string>& directories) {
  std::string list;
  for (const std::string& directory : directories) {
    list += (list.empty() ? "" : std::string(1, kSeparator)) + directory;
  }
  return list;
}

std::optional<uint64_t> parse_cache_size(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::optional<std::size_t> shift = shift_of(std::string(end, text.data() + text.size()));
  if (!shift) return std::nullopt;
  if (number > UINT64_MAX >> *shift) return std::nullopt;
  return number == 0 ? kUnlimitedCacheSize : number << *shift;
}

CacheSizeLimit cache_size_limit() {
  const std::string text = variable("RIGJIT_CACHE_SIZE");
  if (text.empty()) return {};
  if (const std::optional<uint64_t> size = parse_cache_size(text)) return {*size, {}};
  return {kDefaultCacheSize, "RIGJIT_CACHE_SIZE is '" + text +
                                 "', not a size like 500000, 200K, 512M or 2G; 512M is used"};
}

}  // namespace rigjit
