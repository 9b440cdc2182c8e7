// Where a command's results and complaints go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/output_file.h"
#include "rigjit/result.h"

namespace rigjit::cli {

// Writes to standard output whole. Returns kFine, or complains and returns kMistake.
int print(std::string_view text);
// The same of lines for people, in which names must not speak to the terminal.
int print_lines(std::string_view text);

// To standard error, printable; adds the line's end where it is missing. Failures are ignored.
void complain(std::string_view text);
int complain(const Errors& errors);  // returns kMistake

// Standard output or a file, by the rule of base/output_file.h: a file appears under its name when
// finish() succeeds, whole; without that, or when the program is interrupted, nothing is left.
class Output {
 public:
  // kRewritable: rewrite_start() may be called. What cannot be written in any order, as a pipe, is
  // then kept in a temporary file until finish().
  enum class Access : uint8_t { kForward, kRewritable };
  // name: "-" is standard output.
  static Result<Output> open(const std::string& name, Access access = Access::kForward);

  Output(Output&& other) noexcept
      : name_(std::move(other.name_)),
        file_(std::move(other.file_)),
        kept_(std::move(other.kept_)) {
    other.file_.reset();
  }
  Output& operator=(Output&&) = delete;
  ~Output();

  Status write(const void* data, std::size_t size);
  // Writes over the beginning.
  Status rewrite_start(std::string_view bytes);
  Status finish();

 private:
  Output(std::string name, std::optional<OutputFile> file)
      : name_(std::move(name)), file_(std::move(file)) {}
  [[nodiscard]] int sink() const noexcept;
  [[nodiscard]] int fd() const noexcept { return kept_ ? kept_->get() : sink(); }
  Status copy_to_sink();

  std::string name_;                // for messages
  std::optional<OutputFile> file_;  // none: standard output
  std::optional<UniqueFd> kept_;    // what goes to the sink in the end
};

}  // namespace rigjit::cli
