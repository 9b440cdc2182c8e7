#include "io/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "io/exit_code.h"
#include "io/interrupt.h"

namespace rigjit::cli {
namespace {

// 0, or the error's number.
int write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(fd, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return 0;
}

mode_t permissions_of_new_files() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

// A symbolic link stays one: what it points at is replaced.
std::string resolved(const std::string& name) {
  char path[PATH_MAX];
  return ::realpath(name.c_str(), path) == nullptr ? name : path;
}

Error file_error(const std::string& name, int error_number) {
  Error error;
  error.code = "unwritable-file";
  error.message = std::string("cannot write: ") + std::strerror(error_number);
  error.file = name;
  error.category = Error::Category::kFile;
  return error;
}

}  // namespace

int print(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text.data(), text.size());
  if (error == 0) return kFine;
  return complain(Errors{file_error("<stdout>", error)});
}

void complain(std::string_view text) {
  std::string line(text);
  if (line.empty() || line.back() != '\n') line += '\n';
  write_all(STDERR_FILENO, line.data(), line.size());
}

int complain(const Errors& errors) {
  complain(to_string(errors));
  return kMistake;
}

Result<Output> Output::open(const std::string& name, Access access) {
  if (name == "-") return direct(STDOUT_FILENO, "<stdout>", access);
  struct stat status{};
  const bool exists = ::stat(name.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    const int fd = ::open(name.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return file_error(name, errno);
    return direct(fd, name, access);
  }
  const std::string target = resolved(name);
  std::string temporary = target + ".XXXXXX";
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return file_error(name, errno);
  Output output(fd, target, temporary);
  remove_if_interrupted(temporary);
  // A file that is replaced keeps who may read it.
  const mode_t mode = exists ? status.st_mode & 07777 : permissions_of_new_files();
  if (::fchmod(fd, mode) != 0) return output.failure(errno);
  return output;
}

Result<Output> Output::direct(int fd, std::string name, Access access) {
  Output output(fd, std::move(name), {});
  if (access == Access::kForward) return output;
  std::FILE* kept = std::tmpfile();  // its name is gone already
  const int copy = kept == nullptr ? -1 : ::fcntl(::fileno(kept), F_DUPFD_CLOEXEC, 3);
  const int error_number = errno;
  if (kept != nullptr) std::fclose(kept);
  if (copy < 0) return output.failure(error_number);
  output.sink_ = std::exchange(output.fd_, copy);
  return output;
}

Output::Output(int fd, std::string name, std::string temporary)
    : fd_(fd), name_(std::move(name)), temporary_(std::move(temporary)) {}

Output::Output(Output&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      sink_(std::exchange(other.sink_, -1)),
      name_(std::move(other.name_)),
      temporary_(std::exchange(other.temporary_, {})) {}

Output::~Output() {
  if (fd_ > STDOUT_FILENO) ::close(fd_);
  if (sink_ > STDOUT_FILENO) ::close(sink_);
  if (!temporary_.empty()) {
    ::unlink(temporary_.c_str());
    remove_if_interrupted({});
  }
}

Error Output::failure(int error_number) const { return file_error(name_, error_number); }

Status Output::write(const void* data, std::size_t size) {
  const int error = write_all(fd_, static_cast<const char*>(data), size);
  if (error != 0) return failure(error);
  return Done{};
}

Status Output::rewrite_start(std::string_view bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t written =
        ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure(errno);
    done += static_cast<std::size_t>(written);
  }
  return Done{};
}

Status Output::copy_to_sink() {
  std::vector<char> block(std::size_t{1} << 20);
  for (off_t done = 0;;) {
    const ssize_t count = ::pread(fd_, block.data(), block.size(), done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno);
    if (count == 0) break;
    const int error = write_all(sink_, block.data(), static_cast<std::size_t>(count));
    if (error != 0) return failure(error);
    done += count;
  }
  ::close(fd_);
  fd_ = std::exchange(sink_, -1);
  return Done{};
}

Status Output::finish() {
  if (sink_ >= 0) {
    if (Status copied = copy_to_sink(); !copied) return copied;
  }
  if (::close(std::exchange(fd_, -1)) != 0) return failure(errno);
  if (!temporary_.empty()) {
    if (std::rename(temporary_.c_str(), name_.c_str()) != 0) return failure(errno);
    temporary_.clear();
    remove_if_interrupted({});
  }
  return Done{};
}

}  // namespace rigjit::cli
