#include "lower/name_space.h"

#include "spec/report.h"
#include "spec/scalars.h"
#include "yaml/utf8.h"

namespace rigjit {
namespace {

Error invalid(std::string message) {
  Error error;
  error.code = "invalid-namespace";
  error.message = std::move(message);
  return error;
}

// Without the parts that are empty.
std::string tidied(std::string_view name_space) {
  std::string tidy;
  for (const char c : name_space) {
    if (c != ':' || (!tidy.empty() && tidy.back() != ':')) tidy += c;
  }
  if (tidy.ends_with(':')) tidy.pop_back();
  return tidy;
}

}  // namespace

std::optional<Error> check_name_space(const std::string& name_space) {
  if (name_space.empty()) return std::nullopt;
  if (find_invalid_utf8(name_space)) return invalid("the namespace is not UTF-8");
  if (name_space.find('\0') != std::string::npos) return invalid("a namespace must not hold NUL");
  if (name_space.size() > kMaxNameBytes) {
    return invalid("the namespace leaves no room for a name: it has " +
                   std::to_string(name_space.size()) + " bytes");
  }
  std::string tidy = tidied(name_space);
  if (tidy == name_space) return std::nullopt;
  Error error = invalid("the namespace " + quote(name_space) +
                        " begins or ends with a colon, or has two in a row; the colon before a "
                        "controller's name is added");
  if (!tidy.empty()) error.suggestion = std::move(tidy);
  return error;
}

Errors check_name_space(const std::string& name_space, const RigSpec& spec) {
  Errors errors;
  if (name_space.empty()) return errors;
  for (const ControllerSpec& controller : spec.controllers) {
    const std::size_t size = name_space.size() + 1 + controller.name.size();
    if (size <= kMaxNameBytes) continue;
    Error error;
    error.code = "name-too-long";
    error.message = "in the namespace " + quote(name_space) + " the controller " +
                    quote(controller.name) + " has a name of " + std::to_string(size) +
                    " bytes; it may have 65,535";
    errors.push_back(std::move(error));
    if (errors.size() == kMaxErrors) break;
  }
  return errors;
}

}  // namespace rigjit
