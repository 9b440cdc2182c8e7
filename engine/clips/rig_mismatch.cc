#include "clips/rig_mismatch.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "base/make_error.h"
#include "base/printable.h"

namespace rigjit {
namespace {

using Names = std::vector<std::string>;

std::string joined(const JsonRow& row, std::size_t begin, std::size_t end, const char* separator) {
  std::string text;
  for (std::size_t i = begin; i < std::min(end, row.size()); ++i) {
    if (!row[i]) continue;
    text += (text.empty() ? "" : separator) + printable(*row[i]);
  }
  return text;
}

Names names_of(const JsonTable& table, std::size_t name_cells) {
  Names names;
  names.reserve(table.size());
  for (const JsonRow& row : table) names.push_back(joined(row, 0, name_cells, "."));
  return names;
}

// "a.x, a.y and 7 more"
std::string listed(const Names& names) {
  constexpr std::size_t kShown = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kShown) text += " and " + std::to_string(names.size() - kShown) + " more";
  return text;
}

// What `names` holds beyond `others`, in its own order; names may occur more than once.
Names beyond(const Names& names, const Names& others) {
  std::multiset<std::string> left(others.begin(), others.end());
  Names result;
  for (const std::string& name : names) {
    const auto found = left.find(name);
    if (found == left.end()) {
      result.push_back(name);
    } else {
      left.erase(found);
    }
  }
  return result;
}

// The names that both have, but not at the same place among those that both have.
Names reordered(const Names& in_file, const Names& in_rig) {
  const auto common = [](const Names& names, const Names& others) {
    return beyond(names, beyond(names, others));
  };
  const Names left = common(in_rig, in_file);
  const Names right = common(in_file, in_rig);
  Names result;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] != right[i]) result.push_back(left[i]);
  }
  return result;
}

// Rows of one name whose other cells differ: "head.rotateX (file: rotation3d xyz, rig: ...)".
Names changed(const JsonTable& in_file, const JsonTable& in_rig, std::size_t name_cells) {
  std::map<std::string, std::string> details;
  for (const JsonRow& row : in_file) {
    details[joined(row, 0, name_cells, ".")] = joined(row, name_cells, row.size(), " ");
  }
  Names result;
  for (const JsonRow& row : in_rig) {
    const std::string name = joined(row, 0, name_cells, ".");
    const std::string detail = joined(row, name_cells, row.size(), " ");
    const auto found = details.find(name);
    if (found == details.end() || found->second == detail) continue;
    result.push_back(name);
    result.back().append(" (file: ").append(found->second).append(", rig: ").append(detail) += ')';
  }
  return result;
}

void add(std::string& text, const std::string& what, const Names& names) {
  if (!names.empty()) text += (text.empty() ? "" : "; ") + what + ": " + listed(names);
}

std::string text_of(const Strings& metadata, std::string_view key) {
  const std::string* text = find(metadata, key);
  return text == nullptr ? std::string() : printable(*text);
}

}  // namespace

std::string table_difference(const std::string& what, const JsonTable& in_file,
                             const JsonTable& in_rig, std::size_t name_cells) {
  const Names file_names = names_of(in_file, name_cells);
  const Names rig_names = names_of(in_rig, name_cells);
  std::string difference;
  add(difference, what + " that the file lacks", beyond(rig_names, file_names));
  add(difference, what + " that only the file has", beyond(file_names, rig_names));
  add(difference, what + " in another order", reordered(file_names, rig_names));
  add(difference, what + " of another meaning", changed(in_file, in_rig, name_cells));
  if (!difference.empty()) return difference;
  return "its " + what +
         " are the same; what differs are scales, centers, limits, constants, rotate orders or "
         "layouts";
}

std::string one_line(const RigDiff& diff) {
  constexpr std::size_t kShown = 20;
  std::istringstream lines(to_string(diff));
  std::string text;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    if (count >= kShown) continue;
    const bool is_heading = !line.starts_with(' ');
    if (!text.empty()) text += is_heading ? ". " : "; ";
    text += line.substr(is_heading ? 0 : line.find_first_not_of(' '));
  }
  if (count > kShown) text += "; and " + std::to_string(count - kShown) + " more";
  return text;
}

Error rig_mismatch(const Strings& metadata, const std::string& rig_name,
                   const std::string& rig_hash, const std::string& difference) {
  return make_error("rig-mismatch", "the file is of rig '" + text_of(metadata, "rig") + "' (" +
                                        text_of(metadata, "rig_hash") + "), not of '" +
                                        printable(rig_name) + "' (" + rig_hash +
                                        "): " + difference);
}

}  // namespace rigjit
