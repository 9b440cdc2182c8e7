#include "base/whole_file.h"

namespace rigjit {
namespace {

using Parts = std::initializer_list<std::span<const uint8_t>>;

SysStatus write_parts(int fd, Parts parts) {
  for (const std::span<const uint8_t> part : parts) {
    if (SysStatus written = write_all(fd, part); !written) return written;
  }
  return {};
}

// Writes under a name of its own, then takes the place of `path` with its permissions.
SysStatus replace(const std::string& path, const struct stat* before, Parts parts) {
  std::string temporary = path;
  std::expected<UniqueFd, int> fd = create_beside(temporary);
  if (!fd) return std::unexpected(fd.error());
  SysStatus done = write_parts(fd->get(), parts);
  if (done && before != nullptr) done = set_mode(fd->get(), before->st_mode & 07777);
  if (const SysStatus closed = fd->close(); done) done = closed;
  if (done) done = rename_file(temporary.c_str(), path.c_str());
  if (!done) [[maybe_unused]]
    const SysStatus removed = remove_file(temporary.c_str());
  return done;
}

}  // namespace

SysStatus write_whole_file(const std::string& path, Parts parts) {
  const std::string target = resolved(path);
  const std::expected<struct stat, int> before = status_of_name(target.c_str());
  if (before && !S_ISREG(before->st_mode)) {
    const std::expected<UniqueFd, int> fd = open_output(target.c_str());
    return fd ? write_parts(fd->get(), parts) : std::unexpected(fd.error());
  }
  return replace(target, before ? &*before : nullptr, parts);
}

}  // namespace rigjit
