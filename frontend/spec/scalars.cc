#include "spec/scalars.h"

#include <algorithm>
#include <utility>

#include "base/printable.h"
#include "base/suggest.h"
#include "spec/dict_reader.h"
#include "spec/unseen.h"

namespace rigjit {

std::optional<std::string> read_text(Report& report, const Value& value, std::string_view what) {
  const Node& node = *value.node;
  if (node.is_null()) {
    report_null(report, value);
    return std::nullopt;
  }
  if (!node.is_scalar()) {
    report.add("wrong-type", node, value, std::string(what) + " must be text or a number");
    return std::nullopt;
  }
  return std::string(node.text);
}

std::optional<std::string> read_name(Report& report, const Value& value) {
  auto name = read_text(report, value, "a name");
  if (!name) return name;
  const Node& node = *value.node;
  if (name->empty()) {
    report.add("empty-name", node, value, "a name must not be empty");
  } else if (name->size() > kMaxNameBytes) {
    report.add("name-too-long", node, value,
               "a name has at most 65,535 bytes, this one has " + std::to_string(name->size()));
  } else if (name->find('\0') != std::string::npos) {
    report.add("invalid-name", node, value, "a name must not hold NUL");
  } else {
    return name;
  }
  return std::nullopt;
}

std::optional<std::string> read_seen_name(Report& report, const Value& value) {
  auto name = read_name(report, value);
  if (!name) return name;
  std::optional<Unseen> unseen = find_unseen(*name);
  if (!unseen) return name;
  Report::Suggestion suggestion;
  if (!unseen->clean.empty()) suggestion = std::move(unseen->clean);
  report.add("unseen-character", *value.node, value,
             "the name " + quote(printable(*name)) + " " + unseen->what + ", which nobody sees",
             std::move(suggestion));
  return std::nullopt;
}

std::optional<std::size_t> read_choice(Report& report, const Value& value,
                                       std::span<const std::string_view> choices) {
  const Node& node = *value.node;
  if (!node.is_scalar()) {
    report.add("wrong-type", node, value, "one of " + list_of(choices) + " must stand here");
    return std::nullopt;
  }
  const auto found = std::find(choices.begin(), choices.end(), node.text);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  auto suggestion = nearest(node.text, choices);
  if (choices.size() == 1) suggestion = choices[0];
  report.add("unknown-value", node, value,
             quote(node.text) + " is not known here; it may be " + list_of(choices), suggestion);
  return std::nullopt;
}

}  // namespace rigjit
