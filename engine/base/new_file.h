// The one way in which a file appears: written under a temporary name, then renamed, so that
// readers see what was there before or all that is new.
#pragma once

#include <expected>
#include <string>

#include "base/posix_file.h"

namespace rigjit {

// What failed: "writing", and its errno.
struct StepFault {
  const char* step;
  int error;
};

// A new file under its temporary name, which the destructor removes unless it was published.
class NewFile {
 public:
  // `file` was created as `temporary` in `directory`, which must stay open; AT_FDCWD: the current.
  NewFile(UniqueFd file, int directory, std::string temporary)
      : file_(std::move(file)), directory_(directory), temporary_(std::move(temporary)) {}
  NewFile(NewFile&& other) noexcept
      : file_(std::move(other.file_)),
        directory_(other.directory_),
        temporary_(std::exchange(other.temporary_, {})) {}
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  [[nodiscard]] int fd() const noexcept { return file_.get(); }
  [[nodiscard]] const std::string& temporary() const noexcept { return temporary_; }

  // Closes the file and gives it its name, over what was there. What a crash of the machine leaves
  // of it is for readers to find out: the cache's check its bytes.
  [[nodiscard]] std::expected<void, StepFault> publish(const std::string& name);
  // The same once its bytes are on the disk, so that a crash leaves the old file or the new one.
  // The file stays open, with its locks.
  [[nodiscard]] std::expected<void, StepFault> publish_durably(const std::string& name);

 private:
  [[nodiscard]] std::expected<void, StepFault> rename(const std::string& name);

  UniqueFd file_;
  int directory_;
  std::string temporary_;  // empty once published
};

}  // namespace rigjit
