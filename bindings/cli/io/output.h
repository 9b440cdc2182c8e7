// Where a command's results and complaints go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rigjit/result.h"

namespace rigjit::cli {

// Writes to standard output whole. Returns kFine, or complains and returns kMistake.
int print(std::string_view text);

// To standard error; adds the line's end where it is missing. Failures are ignored.
void complain(std::string_view text);
int complain(const Errors& errors);  // returns kMistake

// Standard output or a file. A file appears under its name when finish() succeeds, whole; until
// then it is a temporary one beside it, which the destructor removes.
class Output {
 public:
  // kRewritable: rewrite_start() may be called. What cannot be written in any order, as a pipe, is
  // then kept in a temporary file until finish().
  enum class Access : uint8_t { kForward, kRewritable };
  // name: "-" is standard output. Devices and pipes are written directly.
  static Result<Output> open(const std::string& name, Access access = Access::kForward);

  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  ~Output();

  Status write(const void* data, std::size_t size);
  // Writes over the beginning.
  Status rewrite_start(std::string_view bytes);
  Status finish();

 private:
  static Result<Output> direct(int fd, std::string name, Access access);
  Output(int fd, std::string name, std::string temporary);
  [[nodiscard]] Error failure(int error_number) const;

  Status copy_to_sink();

  int fd_;                 // -1 once closed
  int sink_ = -1;          // where a kept file goes in the end
  std::string name_;       // for messages, and to be renamed to
  std::string temporary_;  // empty where the output is written directly
};

}  // namespace rigjit::cli
