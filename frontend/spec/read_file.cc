#include "spec/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "yaml/text_check.h"

namespace rigjit {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Error unreadable(const std::string& path, int error_number) {
  return {.code = "unreadable-file",
          .message = std::string("cannot read the file: ") + std::strerror(error_number),
          .file = path,
          .line = {},
          .column = {},
          .path = {},
          .suggestion = {},
          .category = Error::Category::kFile};
}

Error too_large(const std::string& path) {
  return {.code = "file-too-large",
          .message = "a spec has at most 32 MB",
          .file = path,
          .line = 1,
          .column = 1,
          .path = {},
          .suggestion = {}};
}

Error irregular(const std::string& path) {
  Error error = unreadable(path, 0);
  error.message = "cannot read the file: it is no regular file";
  return error;
}

Result<std::string> read(const std::string& path, bool only_regular) {
  const int wait = only_regular ? O_NONBLOCK : 0;
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | wait));
  if (file.get() < 0) return unreadable(path, errno);
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return unreadable(path, errno);
  if (S_ISDIR(info.st_mode)) return unreadable(path, EISDIR);
  if (only_regular && !S_ISREG(info.st_mode)) return irregular(path);
  if (S_ISREG(info.st_mode) && static_cast<std::size_t>(info.st_size) > kMaxTextBytes) {
    return too_large(path);
  }
  std::string text;
  for (;;) {
    constexpr std::size_t kChunkBytes = 64 * 1024;
    const std::size_t size = text.size();
    text.resize(size + kChunkBytes);
    const ssize_t count = ::read(file.get(), text.data() + size, kChunkBytes);
    text.resize(size + static_cast<std::size_t>(count > 0 ? count : 0));
    if (count == 0) return text;
    if (count < 0 && errno != EINTR) return unreadable(path, errno);
    if (text.size() > kMaxTextBytes) return too_large(path);
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path) { return read(path, false); }

Result<std::string> read_regular_file(const std::string& path) { return read(path, true); }

}  // namespace rigjit
