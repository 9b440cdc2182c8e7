// The system calls of the cache and of users' files, each retried on EINTR and with its errno as
// the error. Nothing else in the engine touches the file system, so faults are injected here.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rigjit {

// The outcome of a call that gives nothing: success or an errno.
using SysStatus = std::expected<void, int>;

// "Permission denied"; safe in threads.
[[nodiscard]] std::string errno_text(int error);

// An open file or directory, closed on destruction.
class UniqueFd {
 public:
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd();
  [[nodiscard]] int get() const noexcept { return fd_; }
  // Gives the descriptor to the caller.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  // Closes and tells what close said: network file systems report failed writes only here.
  [[nodiscard]] SysStatus close() noexcept;

 private:
  int fd_;
};

[[nodiscard]] std::expected<UniqueFd, int> open_directory(const char* path);
[[nodiscard]] std::expected<UniqueFd, int> open_directory_at(int directory, const char* name);
// Whether the effective user may make files in a directory: errno if not. Nobody may in the
// kernel's own file systems, /proc and /sys.
[[nodiscard]] SysStatus may_make_files_in(const char* directory);
// For reading; a symbolic link is an error (ELOOP), a pipe does not block.
[[nodiscard]] std::expected<UniqueFd, int> open_file_at(int directory, const char* name);
// The same for writing to what is there.
[[nodiscard]] std::expected<UniqueFd, int> open_file_to_write_at(int directory, const char* name);
// A new file, which nobody but its owner may write whatever the umask: mode 0644 less that. EEXIST
// if there is one.
[[nodiscard]] std::expected<UniqueFd, int> create_file_at(int directory, const char* name);
// Lets the owner read and write an open file where the umask took even that.
[[nodiscard]] SysStatus let_owner_use(int fd);
// For reading and appending, of mode 0600, created where missing; a symbolic link is an error
// (ELOOP).
[[nodiscard]] std::expected<UniqueFd, int> open_to_append(const char* path);
// For reading, through symbolic links; a pipe does not block.
[[nodiscard]] std::expected<UniqueFd, int> open_file(const char* path);
// The same, waiting for whoever writes to a pipe.
[[nodiscard]] std::expected<UniqueFd, int> open_input(const char* path);
// For reading and writing, as users make files: mode 0666 less the umask; created where missing.
[[nodiscard]] std::expected<UniqueFd, int> open_output(const char* path);
// For writing to what is there: a device, or a pipe once somebody reads from it.
[[nodiscard]] std::expected<UniqueFd, int> open_existing_output(const char* path);
// For reading and writing, or reading alone where that is all that is allowed; no symbolic link
// (ELOOP).
[[nodiscard]] std::expected<UniqueFd, int> open_at_will(const char* path);
// A new file for reading and writing, of that mode. EEXIST if there is something.
[[nodiscard]] std::expected<UniqueFd, int> create_output(const char* path);
// For reading and writing, in the directory of temporary files, where it has no name.
[[nodiscard]] std::expected<UniqueFd, int> create_unnamed();
// Which nobody but its owner may write whatever the umask, and its owner may use all the same:
// mode 0755 less the umask, and at least 0700. A directory that exists already is success, and left
// as it is.
[[nodiscard]] SysStatus make_directory(const char* path);
[[nodiscard]] SysStatus make_directory_at(int directory, const char* name);
// A new one of mode 0700; the XXXXXX that `path` ends with become what makes it unique.
[[nodiscard]] SysStatus make_unique_directory(std::string& path);

[[nodiscard]] std::expected<struct stat, int> status_of(int fd);
// Of the name itself, not of what it links to.
[[nodiscard]] std::expected<struct stat, int> status_at(int directory, const char* name);
[[nodiscard]] std::expected<struct stat, int> status_of_name(const char* path);
// Whether both are of one file.
[[nodiscard]] bool is_same_file(const struct stat& a, const struct stat& b) noexcept;
// Whether nothing at all has this name (ENOENT).
[[nodiscard]] bool is_missing(const char* path);
[[nodiscard]] SysStatus rename_at(int directory, const char* from, const char* to);
// Where the symbolic links that a name leads through end: a name that is no link, of something or
// of nothing yet. ELOOP where they do not.
[[nodiscard]] std::expected<std::string, int> end_of_links(std::string path);
// What the name leads to, through symbolic links.
[[nodiscard]] std::expected<struct stat, int> status_of_target(const char* path);
[[nodiscard]] SysStatus rename_file(const char* from, const char* to);
[[nodiscard]] SysStatus remove_file(const char* path);
[[nodiscard]] SysStatus remove_at(int directory, const char* name);

// All bytes or an error; EIO when the file ends before them.
[[nodiscard]] SysStatus read_at(int fd, std::span<uint8_t> bytes, uint64_t offset);
// As many bytes as there are up to the file's end or the size of `bytes`.
[[nodiscard]] std::expected<std::size_t, int> read_up_to(int fd, std::span<uint8_t> bytes);
// All that is left of a file, but at most so many bytes.
[[nodiscard]] std::expected<std::string, int> read_to_end(int fd, std::size_t most_bytes);
[[nodiscard]] SysStatus write_at(int fd, std::span<const uint8_t> bytes, uint64_t offset);
[[nodiscard]] SysStatus cut_at(int fd, uint64_t size);
[[nodiscard]] SysStatus set_mode(int fd, mode_t mode);
// To now; that of the last change stays.
[[nodiscard]] SysStatus set_access_time(int fd);
[[nodiscard]] SysStatus write_all(int fd, std::span<const uint8_t> bytes);

// Waits until the file's bytes have reached the disk, or the server, and tells of writes that
// failed there. Success where the file system knows no such thing.
[[nodiscard]] SysStatus sync_file(int fd);

// An advisory lock on an open file, which nobody but rigjit heeds. It belongs to the open file, not
// to the process: two that one process has opened exclude each other, and the kernel, or the server
// of a network file system, lets it go when the last copy of the descriptor is closed, however the
// process ends. A child after a fork holds a copy, so let it go with unlock_file().
//
// It is on one byte far behind the end of any file, since some servers (SMB) keep others from
// reading what is locked. For writing the file must be open for writing; otherwise the lock is
// shared, which still excludes writers'.
enum class LockOutcome : uint8_t {
  kLocked,
  kBusy,         // somebody else has it
  kUnavailable,  // the file system has no locks, or its server does not answer for them
};
[[nodiscard]] LockOutcome lock_file(int fd);
void unlock_file(int fd) noexcept;

// Names in a directory, sorted, without . and ...
[[nodiscard]] std::expected<std::vector<std::string>, int> names_in(int directory);

}  // namespace rigjit
