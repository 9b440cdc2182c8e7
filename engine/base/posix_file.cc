#include "base/posix_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace rigjit {
namespace {

// All of them less the umask.
constexpr mode_t kFileMode = 0644;
constexpr mode_t kPrivateFileMode = 0600;
constexpr mode_t kDirectoryMode = 0755;
constexpr mode_t kUserFileMode = 0666;
constexpr mode_t kModeBits = 07777;

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

std::expected<UniqueFd, int> open_at(int directory, const char* name, int flags, mode_t mode = 0) {
  const int fd = retry([&] { return ::openat(directory, name, flags | O_CLOEXEC, mode); });
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
  return open_at(directory, name, O_WRONLY | O_CREAT | O_EXCL, kFileMode);
}

SysStatus let_owner_use(int fd) {
  constexpr mode_t kOwner = S_IRUSR | S_IWUSR;
  const std::expected<struct stat, int> status = status_of(fd);
  if (!status) return std::unexpected(status.error());
  if ((status->st_mode & kOwner) == kOwner) return {};
  return set_mode(fd, (status->st_mode & kModeBits) | kOwner);
}

std::expected<UniqueFd, int> open_to_append(const char* path) {
  return open_at(AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK,
                 kPrivateFileMode);
}

std::expected<UniqueFd, int> open_file(const char* path) {
  return open_at(AT_FDCWD, path, O_RDONLY | O_NONBLOCK);
}

std::expected<UniqueFd, int> open_output(const char* path) {
  const int fd = retry([&] { return ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, kUserFileMode); });
  if (fd < 0) return std::unexpected(errno);
  return UniqueFd(fd);
}

std::expected<UniqueFd, int> create_beside(std::string& path) {
  static std::atomic<uint32_t> counter = 0;
  const std::string prefix = path + ".tmp-" + std::to_string(::getpid()) + "-";
  while (true) {
    const std::string name = prefix + std::to_string(counter++);
    const int fd = retry([&] {
      return ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kUserFileMode);
    });
    if (fd < 0 && errno == EEXIST) continue;
    if (fd < 0) return std::unexpected(errno);
    path = name;
    return UniqueFd(fd);
  }
}

SysStatus make_directory(const char* path) { return make_directory_at(AT_FDCWD, path); }

SysStatus make_directory_at(int directory, const char* name) {
  if (::mkdirat(directory, name, kDirectoryMode) != 0) {
    return errno == EEXIST ? SysStatus() : std::unexpected(errno);
  }
  const std::expected<struct stat, int> made = status_at(directory, name);
  // Whoever opens it finds out where it went.
  if (!made || (made->st_mode & S_IRWXU) == S_IRWXU) return {};
  // Without these rights it cannot be opened for fchmod.
  return status_from(
      ::fchmodat(directory, name, (made->st_mode & kModeBits) | S_IRWXU, AT_SYMLINK_NOFOLLOW));
}

SysStatus make_unique_directory(std::string& path) {
  if (::mkdtemp(path.data()) == nullptr) return std::unexpected(errno);
  return {};
}

SysStatus may_make_files_in(const char* directory) {
  if (::faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) != 0) return std::unexpected(errno);
  struct statfs status{};
  if (::statfs(directory, &status) != 0) return std::unexpected(errno);
  const bool is_kernels = status.f_type == PROC_SUPER_MAGIC || status.f_type == SYSFS_MAGIC;
  return is_kernels ? std::unexpected(EPERM) : SysStatus();
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

std::expected<struct stat, int> status_of_name(const char* path) {
  return status_at(AT_FDCWD, path);
}

bool is_missing(const char* path) {
  const std::expected<struct stat, int> status = status_at(AT_FDCWD, path);
  return !status && status.error() == ENOENT;
}

std::string resolved(const std::string& path) {
  char buffer[PATH_MAX];
  return ::realpath(path.c_str(), buffer) == nullptr ? path : buffer;
}

SysStatus rename_at(int directory, const char* from, const char* to) {
  return status_from(::renameat(directory, from, directory, to));
}

SysStatus rename_file(const char* from, const char* to) { return status_from(::rename(from, to)); }

SysStatus remove_file(const char* path) { return status_from(::unlink(path)); }

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

SysStatus write_at(int fd, std::span<const uint8_t> bytes, uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t count =
        retry([&] { return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (count < 0) return std::unexpected(errno);
    if (count == 0) return std::unexpected(ENOSPC);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
  return {};
}

SysStatus cut_at(int fd, uint64_t size) {
  return status_from(retry([&] { return ::ftruncate(fd, static_cast<off_t>(size)); }));
}

SysStatus set_mode(int fd, mode_t mode) { return status_from(::fchmod(fd, mode)); }

SysStatus set_access_time(int fd) {
  const timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
  return status_from(::futimens(fd, times));
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
