#include "plan/name_space.h"

#include <algorithm>

namespace rigjit {
namespace {

// Calls change(result, part) for what stands between the bars, behind the part's own colons.
template <typename Change>
std::string for_each_part(std::string_view name, Change change) {
  std::string result;
  for (;;) {
    const std::size_t end = std::min(name.find('|'), name.size());
    std::string_view part = name.substr(0, end);
    const std::size_t colons = std::min(part.find_first_not_of(':'), part.size());
    result += part.substr(0, colons);
    part.remove_prefix(colons);
    change(result, part);
    if (end == name.size()) return result;
    result += '|';
    name.remove_prefix(end + 1);
  }
}

}  // namespace

std::string in_name_space(std::string_view name_space, std::string_view name) {
  if (name_space.empty()) return std::string(name);
  return for_each_part(name, [&](std::string& result, std::string_view part) {
    if (!part.empty()) result.append(name_space).append(":");
    result += part;
  });
}

std::string without_name_space(std::string_view name_space, std::string_view name) {
  if (name_space.empty()) return std::string(name);
  const std::string prefix = std::string(name_space) + ":";
  return for_each_part(name, [&](std::string& result, std::string_view part) {
    if (part.starts_with(prefix)) part.remove_prefix(prefix.size());
    result += part;
  });
}

}  // namespace rigjit
