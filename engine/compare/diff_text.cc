#include <algorithm>
#include <array>

#include "base/default_float_env.h"
#include "base/printable.h"
#include "rigjit/diff.h"

namespace rigjit {
namespace {

constexpr std::array<const char*, 3> kChanges = {"added", "removed", "moved"};
constexpr std::array<const char*, 3> kMarks = {"+", "-", ">"};

std::size_t number_of(Change change) { return static_cast<std::size_t>(change); }

bool follows(const std::optional<uint32_t>& next, const std::optional<uint32_t>& index) {
  return next.has_value() == index.has_value() && (!next || *next == *index + 1);
}

const std::string& controller_of(const InputChange& change) { return change.input.controller; }
const std::string& controller_of(const ChannelChange& change) { return change.channel.controller; }
std::string group_of(const InputChange& change) { return to_string(change.input.transformation); }
std::string group_of(const ChannelChange&) { return {}; }
const std::string& item_of(const InputChange& change) { return change.input.component; }
const std::string& item_of(const ChannelChange& change) { return change.channel.attribute; }

// "vec[3]", "vec[3..8]"
std::string range(const char* array, uint32_t first, uint32_t last) {
  std::string text = array + ("[" + std::to_string(first));
  if (last != first) text += ".." + std::to_string(last);
  return text + "]";
}

// "2 added, 1 removed" and a line for each run of neighbours in one controller.
template <typename Element>
std::string section(const char* title, const char* array, const std::vector<Element>& changes) {
  if (changes.empty()) return {};
  std::array<std::size_t, 3> counts{};
  std::string lines;
  for (std::size_t begin = 0; begin < changes.size();) {
    const Element& first = changes[begin];
    std::size_t end = begin + 1;
    std::string items = " " + printable(item_of(first));
    for (; end < changes.size(); ++end) {
      const Element& last = changes[end - 1];
      const Element& next = changes[end];
      if (next.change != first.change || controller_of(next) != controller_of(first) ||
          group_of(next) != group_of(first) || !follows(next.old_index, last.old_index) ||
          !follows(next.new_index, last.new_index)) {
        break;
      }
      items += " " + printable(item_of(next));
    }
    const Element& last = changes[end - 1];
    lines += std::string("  ") + kMarks[number_of(first.change)] + " ";
    if (first.old_index) lines += range(array, *first.old_index, *last.old_index);
    if (first.old_index && first.new_index) lines += " -> ";
    if (first.new_index) lines += range(array, *first.new_index, *last.new_index);
    const std::string group = group_of(first);
    lines += " " + printable(controller_of(first)) + (group.empty() ? "" : " " + group) + ":" +
             items + "\n";
    counts[number_of(first.change)] += end - begin;
    begin = end;
  }
  std::string heading;
  for (const Change change : {Change::kRemoved, Change::kAdded, Change::kMoved}) {
    const std::size_t count = counts[number_of(change)];
    if (count == 0) continue;
    heading += (heading.empty() ? " " : ", ") + std::to_string(count) + " " + to_string(change);
  }
  return title + (":" + heading) + "\n" + lines;
}

std::string line_of(const CoefficientChange& change) {
  std::string text = "  " + printable(change.controller) + ".";
  for (std::size_t i = 0; i < change.attributes.size(); ++i) {
    text += (i == 0 ? "" : ", ") + printable(change.attributes[i]);
  }
  return text + ": " + change.coefficient + " " + change.old_value.value_or("none") + " -> " +
         change.new_value.value_or("none") + "\n";
}

}  // namespace

const char* to_string(Change change) noexcept { return kChanges[number_of(change)]; }

std::string to_string(const RigDiff& diff) {
  const DefaultFloatEnv env;
  if (diff.empty()) return "no difference";
  std::string text = section("inputs", "vec", diff.inputs);
  text += section("channels", "values", diff.channels);
  if (!diff.coefficients.empty()) {
    text += "coefficients: " + std::to_string(diff.coefficients.size()) + " changed\n";
  }
  for (const CoefficientChange& change : diff.coefficients) text += line_of(change);
  text.pop_back();
  return text;
}

}  // namespace rigjit
