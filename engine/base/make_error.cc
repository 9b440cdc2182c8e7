#include "base/make_error.h"

#include <utility>

#include "base/posix_file.h"
#include "base/printable.h"

namespace rigjit {
namespace {

Error system_failure(const char* code, const char* what, const std::string& path,
                     int system_error) {
  Error error = error_in_file(code, what + errno_text(system_error), path);
  error.category = Error::Category::kFile;
  error.system_error = system_error;
  return error;
}

}  // namespace

// NOLINTNEXTLINE(performance-unnecessary-value-param): given away by callers, as the code is
Error make_error(std::string code, std::string message) {
  Error error;
  error.code = std::move(code);
  error.message = printable(message);
  return error;
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): likewise
Error error_at(std::string code, std::string message, std::string path) {
  Error error = make_error(std::move(code), std::move(message));
  error.path = printable(path);
  return error;
}

Error error_in_file(std::string code, std::string message, std::string file) {
  Error error = make_error(std::move(code), std::move(message));
  error.file = std::move(file);
  return error;
}

Error unreadable(const std::string& path, int system_error) {
  return system_failure("unreadable-file", "cannot read the file: ", path, system_error);
}

Error unwritable(const std::string& path, int system_error) {
  return system_failure("unwritable-file", "cannot write: ", path, system_error);
}

Errors in_file(Errors errors, const std::string& path) {
  for (Error& error : errors) error.file = path;
  return errors;
}

}  // namespace rigjit
