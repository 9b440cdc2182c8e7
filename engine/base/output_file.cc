#include "base/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/checksum.h"
#include "base/make_error.h"

namespace rigjit {
namespace {

// Between two steps others may replace or remove a file; nobody does so for ever.
constexpr int kAttempts = 100;

Error in_use(const std::string& path) {
  return file_in_use("cannot write: somebody else is writing this file; close that writer first",
                     path);
}

// "out.npy.rigjit-part". The name is one for every writer of the file, so that two find each other.
std::string temporary_of(const std::string& target) {
  constexpr std::string_view kSuffix = ".rigjit-part";
  constexpr std::size_t kMostBytes = 255;  // NAME_MAX
  const std::size_t begin = target.rfind('/') + 1;
  if (target.size() - begin + kSuffix.size() <= kMostBytes) return target + std::string(kSuffix);
  const std::string_view name = std::string_view(target).substr(begin);
  return target.substr(0, begin) + checksum({as_bytes(name)}).to_hex() + std::string(kSuffix);
}

// Whether the name still leads to what was opened.
bool is_still(int fd, const std::string& name) {
  const auto opened = status_of(fd);
  const auto named = status_of_name(name.c_str());
  return opened && named && is_same_file(*opened, *named);
}

// The file at `path`, locked; -1: there is none, or it cannot be opened and so not be locked
// either. The error is an errno; EBUSY: somebody else has the lock.
std::expected<UniqueFd, int> lock_existing(const std::string& path) {
  for (int i = 0; i < kAttempts; ++i) {
    std::expected<UniqueFd, int> fd = open_at_will(path.c_str());
    if (!fd) return UniqueFd(-1);
    switch (lock_file(fd->get())) {
      case LockOutcome::kBusy:
        return std::unexpected(EBUSY);
      case LockOutcome::kUnavailable:
        return UniqueFd(-1);
      case LockOutcome::kLocked:
        if (is_still(fd->get(), path)) return fd;
    }
  }
  return std::unexpected(EBUSY);
}

// Removes what a writer that was killed has left behind. EBUSY: it is not, somebody writes it.
// EEXIST: that cannot be told.
SysStatus remove_abandoned(const std::string& name) {
  const std::expected<UniqueFd, int> fd = open_at_will(name.c_str());
  if (!fd) return fd.error() == ENOENT ? SysStatus() : std::unexpected(EEXIST);
  const LockOutcome outcome = lock_file(fd->get());
  if (outcome == LockOutcome::kBusy) return std::unexpected(EBUSY);
  if (outcome == LockOutcome::kUnavailable) return std::unexpected(EEXIST);
  if (!is_still(fd->get(), name)) return {};
  return remove_file(name.c_str());
}

// Under a name that nobody else uses.
std::expected<NewFile, int> create_unshared(const std::string& prefix) {
  static std::atomic<uint32_t> counter = 0;
  for (;;) {
    const std::string name =
        prefix + "-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    std::expected<UniqueFd, int> fd = create_output(name.c_str());
    if (fd) return NewFile(*std::move(fd), AT_FDCWD, name);
    if (fd.error() != EEXIST) return std::unexpected(fd.error());
  }
}

std::expected<NewFile, int> create_temporary(const std::string& name) {
  for (int i = 0; i < kAttempts; ++i) {
    std::expected<UniqueFd, int> fd = create_output(name.c_str());
    if (fd) {
      // Whoever takes it for abandoned may have locked it first, to remove it.
      const LockOutcome outcome = lock_file(fd->get());
      if (outcome != LockOutcome::kBusy && is_still(fd->get(), name)) {
        return NewFile(*std::move(fd), AT_FDCWD, name);
      }
      continue;
    }
    if (fd.error() != EEXIST) return std::unexpected(fd.error());
    const SysStatus removed = remove_abandoned(name);
    if (!removed && removed.error() == EEXIST) return create_unshared(name);
    if (!removed) return std::unexpected(removed.error());
  }
  return std::unexpected(EBUSY);
}

Error failure(const std::string& path, int error) {
  return error == EBUSY ? in_use(path) : unwritable(path, error);
}

}  // namespace

Error file_in_use(std::string message, const std::string& path) {
  Error error = error_in_file("file-in-use", std::move(message), path);
  error.category = Error::Category::kFile;
  return error;
}

Result<OutputFile> OutputFile::open(const std::string& path) {
  if (path.empty()) return unwritable(path, ENOENT);
  const auto status = status_of_target(path.c_str());
  const std::expected<std::string, int> target = end_of_links(path);
  if (!target) return unwritable(path, target.error());
  const auto named = status_of_name(target->c_str());
  // Of /proc/self/fd the links may lead to what has no name any more.
  const bool has_name = !status || (named && is_same_file(*status, *named));
  if (status && (!S_ISREG(status->st_mode) || !has_name)) {
    std::expected<UniqueFd, int> fd = open_existing_output(path.c_str());
    if (!fd) return unwritable(path, fd.error());
    return OutputFile(path, *std::move(fd));
  }
  std::expected<UniqueFd, int> lock = lock_existing(*target);
  if (!lock) return failure(path, lock.error());
  std::expected<NewFile, int> file = create_temporary(temporary_of(*target));
  if (!file) return failure(path, file.error());
  constexpr mode_t kModeBits = 07777;
  if (named) {
    const SysStatus kept = set_mode(file->fd(), named->st_mode & kModeBits);
    if (!kept) return unwritable(path, kept.error());
  }
  return OutputFile(path, *target, *std::move(file), *std::move(lock));
}

Status OutputFile::finish() {
  if (!file_) {
    const SysStatus closed = direct_.close();
    if (!closed) return unwritable(path_, closed.error());
    return Done{};
  }
  // A writer of clips may have made a file there meanwhile.
  if (lock_.get() < 0 || !is_still(lock_.get(), target_)) {
    std::expected<UniqueFd, int> lock = lock_existing(target_);
    if (!lock) return failure(path_, lock.error());
    lock_ = *std::move(lock);
  }
  if (const auto done = file_->publish_durably(target_); !done) {
    return unwritable(path_, done.error().error);
  }
  unlock_file(file_->fd());
  if (lock_.get() >= 0) unlock_file(lock_.get());
  return Done{};
}

Status write_output(const std::string& path,
                    std::initializer_list<std::span<const uint8_t>> parts) {
  Result<OutputFile> file = OutputFile::open(path);
  if (!file) return file.errors();
  for (const std::span<const uint8_t> part : parts) {
    const SysStatus written = write_all(file->fd(), part);
    if (!written) return unwritable(path, written.error());
  }
  return file->finish();
}

Result<UniqueFd> open_for_one_writer(const std::string& path) {
  for (int i = 0; i < kAttempts; ++i) {
    std::expected<UniqueFd, int> fd = open_output(path.c_str());
    if (!fd) return unwritable(path, fd.error());
    const LockOutcome outcome = lock_file(fd->get());
    if (outcome == LockOutcome::kBusy) return in_use(path);
    if (outcome == LockOutcome::kUnavailable) return *std::move(fd);
    const auto opened = status_of(fd->get());
    const auto named = status_of_target(path.c_str());
    if (opened && named && is_same_file(*opened, *named)) return *std::move(fd);
  }
  return in_use(path);
}

}  // namespace rigjit
