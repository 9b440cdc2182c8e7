#include "lower/name_space.h"

#include "base/make_error.h"
#include "base/utf8.h"
#include "plan/name_space.h"
#include "spec/report.h"
#include "spec/scalars.h"

namespace rigjit {
namespace {

Error invalid(std::string message) { return make_error("invalid-namespace", std::move(message)); }

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
    const std::size_t size = in_name_space(name_space, controller.name).size();
    if (size <= kMaxNameBytes) continue;
    errors.push_back(make_error("name-too-long", "in the namespace " + quote(name_space) +
                                                     " the controller " + quote(controller.name) +
                                                     " has a name of " + std::to_string(size) +
                                                     " bytes; it may have 65,535"));
    if (errors.size() == kMaxErrors) break;
  }
  return errors;
}

}  // namespace rigjit
