#include "io/source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace rigjit::cli {
namespace {

constexpr const char* kStdin = "<stdin>";
constexpr const char* kStdinDirectory = "";  // the current one

Error unreadable(const std::string& name, int error_number) {
  Error error;
  error.code = "unreadable-file";
  error.message = std::string("cannot read the file: ") + std::strerror(error_number);
  error.file = name;
  error.category = Error::Category::kFile;
  return error;
}

// A little more than a spec may have at most, so that a longer one is still refused by its size.
Result<std::string> read_all_of_stdin() {
  constexpr std::size_t kLimit = (std::size_t{32} << 20) + (std::size_t{64} << 10);
  Result<Source> source = Source::open("-");
  if (!source) return source.errors();
  std::string text;
  while (text.size() < kLimit) {
    constexpr std::size_t kChunk = std::size_t{64} << 10;
    const std::size_t used = text.size();
    text.resize(used + kChunk);
    Result<std::size_t> count = source->read(text.data() + used, kChunk);
    if (!count) return count.errors();
    text.resize(used + *count);
    if (*count < kChunk) break;
  }
  return text;
}

// Read once, for a command that takes the spec several times.
const Result<std::string>& spec_from_stdin() {
  static const Result<std::string> text = read_all_of_stdin();
  return text;
}

}  // namespace

Result<Source> Source::open(const std::string& name) {
  if (name == "-") return Source(STDIN_FILENO, kStdin);
  const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return unreadable(name, errno);
  return Source(fd, name);
}

Source::Source(Source&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      name_(std::move(other.name_)),
      ahead_(std::move(other.ahead_)) {}

Source::~Source() {
  if (fd_ > STDIN_FILENO) ::close(fd_);
}

Result<std::size_t> Source::read(void* data, std::size_t size) {
  auto* bytes = static_cast<char*>(data);
  const std::size_t known = ahead_.copy(bytes, size);
  ahead_.erase(0, known);
  const Result<std::size_t> more = read_file(bytes + known, size - known);
  if (!more) return more.errors();
  return known + *more;
}

Result<std::string_view> Source::peek(std::size_t size) {
  const std::size_t known = ahead_.size();
  if (known < size) {
    ahead_.resize(size);
    const Result<std::size_t> more = read_file(ahead_.data() + known, size - known);
    if (!more) return more.errors();
    ahead_.resize(known + *more);
  }
  return std::string_view(ahead_).substr(0, size);
}

Result<std::size_t> Source::read_file(char* data, std::size_t size) {
  std::size_t used = 0;
  while (used < size) {
    const ssize_t count = ::read(fd_, data + used, size - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(name_, errno);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  return used;
}

Error error_in(const Source& source, const char* code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.file = source.name();
  return error;
}

Result<SpecSource> spec_source(const std::string& name) {
  if (name != "-") return SpecSource(name);
  const Result<std::string>& text = spec_from_stdin();
  if (!text) return text.errors();
  return SpecSource::text(*text, kStdin, kStdinDirectory);
}

}  // namespace rigjit::cli
