#include "runtime/posix_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

namespace rigjit {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

template <typename Call>
auto retry(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

SysStatus status_from(int result) {
  if (result != 0) return std::unexpected(errno);
  return {};
}

std::expected<UniqueFd, int> open_at(int directory, const char* name, int flags) {
  const int fd = retry([&] { return ::openat(directory, name, flags | O_CLOEXEC, kFileMode); });
  if (fd < 0) return std::unexpected(errno);
  return UniqueFd(fd);
}

}  // namespace

std::string errno_text(int error) {
  char buffer[128];
  return ::strerror_r(error, buffer, sizeof(buffer));
}

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) ::close(fd_);
}

SysStatus UniqueFd::close() noexcept {
  // Not retried: Linux has released the number even after EINTR.
  return status_from(::close(std::exchange(fd_, -1)));
}

std::expected<UniqueFd, int> open_directory(const char* path) {
  return open_directory_at(AT_FDCWD, path);
}

std::expected<UniqueFd, int> open_directory_at(int directory, const char* name) {
  return open_at(directory, name, O_RDONLY | O_DIRECTORY);
}

std::expected<UniqueFd, int> open_file_at(int directory, const char* name) {
  return open_at(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

std::expected<UniqueFd, int> create_file_at(int directory, const char* name) {
  return open_at(directory, name, O_WRONLY | O_CREAT | O_EXCL);
}

SysStatus make_directory(const char* path) { return make_directory_at(AT_FDCWD, path); }

SysStatus make_directory_at(int directory, const char* name) {
  if (::mkdirat(directory, name, kDirectoryMode) != 0 && errno != EEXIST) {
    return std::unexpected(errno);
  }
  return {};
}

SysStatus may_make_files_in(const char* directory) {
  if (::faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) != 0) return std::unexpected(errno);
  return {};
}

std::expected<struct stat, int> status_of(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return std::unexpected(errno);
  return status;
}

std::expected<struct stat, int> status_at(int directory, const char* name) {
  struct stat status{};
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::unexpected(errno);
  return status;
}

bool is_missing(const char* path) {
  const std::expected<struct stat, int> status = status_at(AT_FDCWD, path);
  return !status && status.error() == ENOENT;
}

SysStatus rename_at(int directory, const char* from, const char* to) {
  return status_from(::renameat(directory, from, directory, to));
}

SysStatus remove_at(int directory, const char* name) {
  return status_from(::unlinkat(directory, name, 0));
}

SysStatus read_at(int fd, std::span<uint8_t> bytes, uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t count =
        retry([&] { return ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (count < 0) return std::unexpected(errno);
    if (count == 0) return std::unexpected(EIO);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
  return {};
}

SysStatus write_all(int fd, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = retry([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (count < 0) return std::unexpected(errno);
    if (count == 0) return std::unexpected(ENOSPC);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

std::expected<std::vector<std::string>, int> names_in(int directory) {
  // fdopendir takes the descriptor over and moves its position: give it one of its own.
  std::expected<UniqueFd, int> own = open_directory_at(directory, ".");
  if (!own) return std::unexpected(own.error());
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own->get()), ::closedir);
  if (stream == nullptr) return std::unexpected(errno);
  [[maybe_unused]] const int closed_by_stream = own->release();
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return std::unexpected(errno);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace rigjit
