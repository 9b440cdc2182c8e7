// Reading files and standard input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/posix_file.h"
#include "rigjit/result.h"
#include "rigjit/spec_source.h"

namespace rigjit::cli {

// A file or, for "-", standard input, read from its beginning to its end once.
class Source {
 public:
  static Result<Source> open(const std::string& name);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }  // for messages
  // As many bytes as there are, up to `size`; fewer only at the end.
  Result<std::size_t> read(void* data, std::size_t size);
  // The first `size` bytes of what read() will give, or fewer at the end.
  Result<std::string_view> peek(std::size_t size);

 private:
  Source(UniqueFd file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

  Result<std::size_t> read_file(char* data, std::size_t size);

  UniqueFd file_;  // -1: standard input
  std::string name_;
  std::string ahead_;  // has been read, and is given first
};

// A mistake in a file.
[[nodiscard]] Error error_in(const Source& source, const char* code, std::string message);

// A spec's file or, for "-", what standard input holds, whose bases are relative to the current
// directory. Standard input is read once, for a command that takes the spec several times.
Result<SpecSource> spec_source(const std::string& name);

// function(SpecSource), which returns Errors or a Result.
template <typename Function>
auto with_spec(const std::string& name, Function&& function)
    -> decltype(function(SpecSource(name))) {
  const Result<SpecSource> spec = spec_source(name);
  if (!spec) return spec.errors();
  return function(*spec);
}

}  // namespace rigjit::cli
