#include "base/spec_text.h"

#include <sys/stat.h>

#include <cerrno>

#include "base/make_error.h"
#include "base/posix_file.h"

namespace rigjit {
namespace {

Error too_large(const std::string& name) {
  Error error = error_in_file(kSpecTooLarge, kSpecTooLargeText, name);
  error.line = error.column = 1;
  return error;
}

Result<std::string> read_text(int fd, const std::string& name) {
  std::expected<std::string, int> text = read_to_end(fd, kMaxSpecBytes + 1);
  if (!text) return unreadable(name, text.error());
  if (text->size() > kMaxSpecBytes) return too_large(name);
  return *std::move(text);
}

Result<std::string> read_path(const std::string& path, bool only_regular) {
  const std::expected<UniqueFd, int> file =
      only_regular ? open_file(path.c_str()) : open_input(path.c_str());
  if (!file) return unreadable(path, file.error());
  const std::expected<struct stat, int> status = status_of(file->get());
  if (!status) return unreadable(path, status.error());
  if (S_ISDIR(status->st_mode)) return unreadable(path, EISDIR);
  const bool is_regular = S_ISREG(status->st_mode);
  if (only_regular && !is_regular) {
    Error error = unreadable(path, 0);
    error.message = "cannot read the file: it is no regular file";
    return error;
  }
  if (is_regular && static_cast<std::size_t>(status->st_size) > kMaxSpecBytes) {
    return too_large(path);
  }
  return read_text(file->get(), path);
}

}  // namespace

Result<std::string> read_spec(const std::string& path) { return read_path(path, false); }

Result<std::string> read_regular_spec(const std::string& path) { return read_path(path, true); }

Result<std::string> read_open_spec(int fd, const std::string& name) { return read_text(fd, name); }

}  // namespace rigjit
