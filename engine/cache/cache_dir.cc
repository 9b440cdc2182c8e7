#include "cache/cache_dir.h"

#include <cerrno>
#include <optional>

#include "cache/trust.h"

namespace rigjit {
namespace {

std::string cannot(const char* what, const std::string& path, const std::string& why) {
  return std::string("cannot ") + what + " the cache directory " + path + ": " + why;
}

std::string why_not_there(const std::string& path) {
  const std::expected<struct stat, int> status = status_of_name(path.c_str());
  return status && S_ISLNK(status->st_mode) ? "it is a symbolic link to what does not exist"
                                            : "it does not exist";
}

// What `opened` holds once its owner and mode are judged.
std::expected<UniqueFd, std::string> judged(std::expected<UniqueFd, int> opened,
                                            const std::string& path) {
  if (!opened) {
    const bool missing = opened.error() == ENOENT;
    return std::unexpected(
        cannot("use", path, missing ? why_not_there(path) : errno_text(opened.error())));
  }
  const std::expected<struct stat, int> status = status_of(opened->get());
  if (!status) return std::unexpected(cannot("use", path, errno_text(status.error())));
  if (const std::optional<std::string> reason = distrust(*status)) {
    return std::unexpected(cannot("trust", path, *reason));
  }
  return std::move(*opened);
}

// mkdir -p; the error says why not, and of which parent if it is for one.
std::expected<void, std::string> make_with_parents(const std::string& path) {
  for (std::size_t end = path.find('/', 1); end != std::string::npos;
       end = path.find('/', end + 1)) {
    const std::string parent = path.substr(0, end);
    // No matter where it exists.
    if (const SysStatus made = make_directory(parent.c_str());
        !made && is_missing(parent.c_str())) {
      return std::unexpected("cannot make " + parent + ": " + errno_text(made.error()));
    }
  }
  const SysStatus made = make_directory(path.c_str());
  if (!made) return std::unexpected(errno_text(made.error()));
  return {};
}

FileFault unopened(int error) {
  if (error == ENOENT) return {"there is none", false, true};
  if (error == ELOOP) return {"it is a symbolic link"};  // what O_NOFOLLOW says of one
  return {"it cannot be opened: " + errno_text(error)};
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
  if (const std::expected<void, std::string> made = make_with_parents(path); !made) {
    return std::unexpected(cannot("make", path, made.error()));
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
  if (!fd) return std::unexpected(unopened(fd.error()));
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
