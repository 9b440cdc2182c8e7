#include "base/posix_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
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

std::expected<UniqueFd, int> open_file_to_write_at(int directory, const char* name) {
  return open_at(directory, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
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
  return open_at(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

std::expected<UniqueFd, int> open_input(const char* path) {
  return open_at(AT_FDCWD, path, O_RDONLY | O_NOCTTY);
}

std::expected<UniqueFd, int> open_output(const char* path) {
  return open_at(AT_FDCWD, path, O_RDWR | O_CREAT | O_NOCTTY, kUserFileMode);
}

std::expected<UniqueFd, int> open_existing_output(const char* path) {
  return open_at(AT_FDCWD, path, O_WRONLY | O_NOCTTY);
}

std::expected<UniqueFd, int> open_at_will(const char* path) {
  constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  std::expected<UniqueFd, int> fd = open_at(AT_FDCWD, path, O_RDWR | kFlags);
  return fd || fd.error() == ENOENT ? std::move(fd) : open_at(AT_FDCWD, path, O_RDONLY | kFlags);
}

std::expected<UniqueFd, int> create_output(const char* path) {
  return open_at(AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL, kUserFileMode);
}

std::expected<UniqueFd, int> create_unnamed() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  if (file == nullptr) return std::unexpected(errno);
  // Not one of the standard streams', whichever are closed.
  const int fd = ::fcntl(::fileno(file.get()), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (fd < 0) return std::unexpected(errno);
  return UniqueFd(fd);
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

bool is_same_file(const struct stat& a, const struct stat& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

std::expected<std::string, int> end_of_links(std::string path) {
  constexpr int kMostLinks = 40;  // the kernel's bound
  for (int i = 0; i <= kMostLinks; ++i) {
    char text[PATH_MAX];
    const ssize_t size = ::readlink(path.c_str(), text, sizeof(text));
    if (size < 0 && errno != EINVAL && errno != ENOENT) return std::unexpected(errno);
    if (size < 0) return path;
    const std::string_view target(text, static_cast<std::size_t>(size));
    const std::size_t folder = target.starts_with('/') ? 0 : path.rfind('/') + 1;
    path.replace(folder, std::string::npos, target);
  }
  return std::unexpected(ELOOP);
}

std::expected<struct stat, int> status_of_target(const char* path) {
  struct stat status{};
  if (::stat(path, &status) != 0) return std::unexpected(errno);
  return status;
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

std::expected<std::size_t, int> read_up_to(int fd, std::span<uint8_t> bytes) {
  std::size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t count =
        retry([&] { return ::read(fd, bytes.data() + used, bytes.size() - used); });
    if (count < 0) return std::unexpected(errno);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  return used;
}

std::expected<std::string, int> read_to_end(int fd, std::size_t most_bytes) {
  constexpr std::size_t kFirst = std::size_t{64} << 10;
  std::string text;
  while (text.size() < most_bytes) {
    const std::size_t known = text.size();
    text.resize(std::min(most_bytes, std::max(kFirst, 2 * known)));
    const std::span bytes(reinterpret_cast<uint8_t*>(text.data()) + known, text.size() - known);
    const std::expected<std::size_t, int> count = read_up_to(fd, bytes);
    if (!count) return std::unexpected(count.error());
    text.resize(known + *count);
    if (*count < bytes.size()) break;
  }
  return text;
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

SysStatus sync_file(int fd) {
  if (retry([&] { return ::fsync(fd); }) == 0) return {};
  const bool is_unknown = errno == EINVAL || errno == EROFS || errno == ENOSYS || errno == ENOTSUP;
  return is_unknown ? SysStatus() : std::unexpected(errno);
}

namespace {

constexpr off_t kLockedByte = off_t{1} << 62;

struct flock lock_of(short type) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = kLockedByte;
  lock.l_len = 1;
  return lock;
}

bool is_busy(int error) { return error == EAGAIN || error == EACCES; }

}  // namespace

LockOutcome lock_file(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  const bool is_writable = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
  struct flock lock = lock_of(is_writable ? F_WRLCK : F_RDLCK);
  if (retry([&] { return ::fcntl(fd, F_OFD_SETLK, &lock); }) == 0) return LockOutcome::kLocked;
  return is_busy(errno) ? LockOutcome::kBusy : LockOutcome::kUnavailable;
}

void unlock_file(int fd) noexcept {
  struct flock lock = lock_of(F_UNLCK);
  [[maybe_unused]] const int ignored = ::fcntl(fd, F_OFD_SETLK, &lock);
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
