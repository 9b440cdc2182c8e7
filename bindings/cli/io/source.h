// Reading files and standard input.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rigjit/load.h"
#include "rigjit/prebuild.h"
#include "rigjit/result.h"

namespace rigjit::cli {

// A file or, for "-", standard input, read from its beginning to its end once.
class Source {
 public:
  static Result<Source> open(const std::string& name);

  Source(Source&& other) noexcept;
  Source& operator=(Source&&) = delete;
  ~Source();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }  // for messages
  // As many bytes as there are, up to `size`; fewer only at the end.
  Result<std::size_t> read(void* data, std::size_t size);
  // The first `size` bytes of what read() will give, or fewer at the end.
  Result<std::string_view> peek(std::size_t size);

 private:
  Source(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  Result<std::size_t> read_file(char* data, std::size_t size);

  int fd_;
  std::string name_;
  std::string ahead_;  // has been read, and is given first
};

// A mistake in a file.
[[nodiscard]] Error error_in(const Source& source, const char* code, std::string message);

// load(), prebuild(), explain_cache(), check(), resolve() and read_plan() of a file or, for "-", of
// standard input, whose bases are relative to the current directory.
Result<Rig> load_spec(const std::string& name, const LoadOptions& options);
Result<Prebuilt> prebuild_spec(const std::string& name, const LoadOptions& options,
                               const std::vector<std::string>& programs);
Result<CacheExplanation> explain_spec(const std::string& name, const LoadOptions& options);
Errors check_spec(const std::string& name);
Result<std::string> resolve_spec(const std::string& name);
Result<std::shared_ptr<const Plan>> plan_of_spec(const std::string& name);

}  // namespace rigjit::cli
