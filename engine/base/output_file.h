// Where users' results go. One rule for every file that rigjit writes for them:
//
// - A symbolic link stays one: what it leads to is written, or made where nothing is there yet.
// - A device, a pipe or a socket is written to as it is.
// - A file that is written whole (messages, JSON, arrays, vector files, `convert -o`) appears under
//   its name at once when its bytes are on the disk, with the mode of the file that it replaces.
//   Its directory must be writable; other hard links keep the old bytes. Until then it is
//   NAME.rigjit-part beside it, which is removed after a failure, and by the next writer after a
//   kill.
// - A clip of ClipWriter grows in place, for its readers.
// - One writer a file: a second one is refused ("file-in-use") while the first is there, in
// whatever
//   process or on whatever machine. Nothing is left to clear away after a crash. Where the file
//   system has no locks nothing is refused.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>

#include "base/new_file.h"
#include "rigjit/result.h"

namespace rigjit {

// "file-in-use", of category kFile.
[[nodiscard]] Error file_in_use(std::string message, const std::string& path);

// A file that is written whole, or a device or pipe.
class OutputFile {
 public:
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;

  // Errors: "unwritable-file", "file-in-use".
  static Result<OutputFile> open(const std::string& path);

  [[nodiscard]] int fd() const noexcept { return file_ ? file_->fd() : direct_.get(); }
  // Whether bytes can be written over: not those of what is no file.
  [[nodiscard]] bool is_rewritable() const noexcept { return file_.has_value(); }
  // The file beside the output that is being written; empty: none.
  [[nodiscard]] std::string temporary() const { return file_ ? file_->temporary() : std::string(); }
  // Makes the file appear. Without it the output stays as it was.
  Status finish();

 private:
  OutputFile(std::string path, UniqueFd direct)
      : path_(std::move(path)), direct_(std::move(direct)), lock_(-1) {}
  OutputFile(std::string path, std::string target, NewFile file, UniqueFd lock)
      : path_(std::move(path)),
        target_(std::move(target)),
        file_(std::move(file)),
        direct_(-1),
        lock_(std::move(lock)) {}

  std::string path_;    // as the caller says, for messages
  std::string target_;  // what is renamed to
  std::optional<NewFile> file_;
  UniqueFd direct_;
  UniqueFd lock_;  // of the file that is replaced; -1: there is none
};

// Such a file with these bytes, one part after the other.
[[nodiscard]] Status write_output(const std::string& path,
                                  std::initializer_list<std::span<const uint8_t>> parts);

// A file for writing in place, created where missing, which nobody else writes until unlock_file().
// Errors: "unwritable-file", "file-in-use".
[[nodiscard]] Result<UniqueFd> open_for_one_writer(const std::string& path);

}  // namespace rigjit
