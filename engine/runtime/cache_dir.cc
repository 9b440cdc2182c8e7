#include "runtime/cache_dir.h"

#include <cerrno>
#include <optional>

#include "runtime/trust.h"

namespace rigjit {
namespace {

std::string cannot(const char* what, const std::string& path, const std::string& why) {
  return std::string("cannot ") + what + " the cache directory " + path + ": " + why;
}

// What `opened` holds once its owner and mode are judged.
std::expected<UniqueFd, std::string> judged(std::expected<UniqueFd, int> opened,
                                            const std::string& path) {
  if (!opened) {
    const bool missing = opened.error() == ENOENT;
    return std::unexpected(
        cannot("use", path, missing ? "it does not exist" : errno_text(opened.error())));
  }
  const std::expected<struct stat, int> status = status_of(opened->get());
  if (!status) return std::unexpected(cannot("use", path, errno_text(status.error())));
  if (const std::optional<std::string> reason = distrust(*status)) {
    return std::unexpected(cannot("trust", path, *reason));
  }
  return std::move(*opened);
}

// mkdir -p.
SysStatus make_with_parents(const std::string& path) {
  for (std::size_t end = path.find('/', 1); end != std::string::npos;
       end = path.find('/', end + 1)) {
    // A parent that cannot be made is found out below, and need not be made where it exists.
    [[maybe_unused]] const SysStatus parent = make_directory(path.substr(0, end).c_str());
  }
  return make_directory(path.c_str());
}

}  // namespace

std::string path_of(const std::string& path, const char* sub) {
  return sub == nullptr ? path : path + "/" + sub;
}

std::expected<UniqueFd, std::string> open_cache_dir(const std::string& path, const char* sub) {
  std::expected<UniqueFd, std::string> top = judged(open_directory(path.c_str()), path);
  if (!top || sub == nullptr) return top;
  return judged(open_directory_at(top->get(), sub), path_of(path, sub));
}

std::expected<UniqueFd, std::string> make_cache_dir(const std::string& path, const char* sub) {
  if (const SysStatus made = make_with_parents(path); !made) {
    return std::unexpected(cannot("make", path, errno_text(made.error())));
  }
  std::expected<UniqueFd, std::string> top = open_cache_dir(path);
  if (!top || sub == nullptr) return top;
  if (const SysStatus made = make_directory_at(top->get(), sub); !made) {
    return std::unexpected(cannot("make", path_of(path, sub), errno_text(made.error())));
  }
  return judged(open_directory_at(top->get(), sub), path_of(path, sub));
}

std::expected<TrustedFile, FileFault> open_cache_file(int directory, const std::string& name) {
  std::expected<UniqueFd, int> fd = open_file_at(directory, name.c_str());
  if (!fd) {
    const bool missing = fd.error() == ENOENT;
    return std::unexpected(
        FileFault{missing ? "there is none" : "it cannot be opened: " + errno_text(fd.error()),
                  false, missing});
  }
  const std::expected<struct stat, int> status = status_of(fd->get());
  if (!status) {
    return std::unexpected(FileFault{"it cannot be read: " + errno_text(status.error())});
  }
  if (!S_ISREG(status->st_mode)) return std::unexpected(FileFault{"it is no regular file"});
  if (const std::optional<std::string> reason = distrust(*status)) {
    return std::unexpected(FileFault{"it cannot be trusted: " + *reason});
  }
  return TrustedFile{std::move(*fd), *status};
}

void remove_bad_file(int directory, const std::string& name, const TrustedFile& file) {
  const std::expected<struct stat, int> now = status_at(directory, name.c_str());
  if (!now || now->st_dev != file.status.st_dev || now->st_ino != file.status.st_ino) return;
  [[maybe_unused]] const SysStatus removed = remove_at(directory, name.c_str());
}

}  // namespace rigjit
