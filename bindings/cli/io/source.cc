#include "io/source.h"

#include <unistd.h>

#include <utility>

#include "base/make_error.h"
#include "base/spec_text.h"

namespace rigjit::cli {
namespace {

constexpr const char* kStdin = "<stdin>";
constexpr const char* kStdinDirectory = "";  // the current one

// Read once, for a command that takes the spec several times.
const Result<std::string>& spec_from_stdin() {
  static const Result<std::string> text = read_open_spec(STDIN_FILENO, kStdin);
  return text;
}

}  // namespace

Result<Source> Source::open(const std::string& name) {
  if (name == "-") return Source(UniqueFd(-1), kStdin);
  std::expected<UniqueFd, int> file = open_input(name.c_str());
  if (!file) return unreadable(name, file.error());
  return Source(*std::move(file), name);
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
  const int fd = file_.get() < 0 ? STDIN_FILENO : file_.get();
  const auto count = read_up_to(fd, {reinterpret_cast<uint8_t*>(data), size});
  if (!count) return unreadable(name_, count.error());
  return *count;
}

Error error_in(const Source& source, const char* code, std::string message) {
  return error_in_file(code, std::move(message), source.name());
}

Result<SpecSource> spec_source(const std::string& name) {
  if (name != "-") return SpecSource(name);
  const Result<std::string>& text = spec_from_stdin();
  if (!text) return text.errors();
  return SpecSource::text(*text, kStdin, kStdinDirectory);
}

}  // namespace rigjit::cli
