#include "rigjit/diff.h"

#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"
#include "rigjit/load.h"
#include "text/json.h"

namespace rigjit::cli {
namespace {

std::string json_of(const std::optional<uint32_t>& index) {
  return index ? std::to_string(*index) : "null";
}

std::string json_of(const std::optional<std::string>& text) {
  return text ? json_string(*text) : "null";
}

template <typename Element>
std::string begin_of(const Element& change, const std::string& controller) {
  return "{\"change\": " + json_string(to_string(change.change)) +
         ", \"controller\": " + json_string(controller);
}

template <typename Element>
std::string end_of(const Element& change) {
  return ", \"old_index\": " + json_of(change.old_index) +
         ", \"new_index\": " + json_of(change.new_index) + "}";
}

std::string json_object(const InputChange& change) {
  return begin_of(change, change.input.controller) +
         ", \"transformation\": " + json_string(to_string(change.input.transformation)) +
         ", \"component\": " + json_string(change.input.component) + end_of(change);
}

std::string json_object(const ChannelChange& change) {
  return begin_of(change, change.channel.controller) +
         ", \"attribute\": " + json_string(change.channel.attribute) + end_of(change);
}

std::string json_object(const CoefficientChange& change) {
  std::string attributes;
  for (const std::string& attribute : change.attributes) {
    attributes += (attributes.empty() ? "" : ", ") + json_string(attribute);
  }
  return "{\"controller\": " + json_string(change.controller) + ", \"attributes\": [" + attributes +
         "], \"coefficient\": " + json_string(change.coefficient) +
         ", \"old\": " + json_of(change.old_value) + ", \"new\": " + json_of(change.new_value) +
         "}";
}

template <typename Element>
std::string json_list(const char* name, const std::vector<Element>& changes) {
  std::string json = ",\n  \"" + std::string(name) + "\": [";
  for (std::size_t i = 0; i < changes.size(); ++i) {
    json += (i == 0 ? "\n    " : ",\n    ") + json_object(changes[i]);
  }
  return json + (changes.empty() ? "]" : "\n  ]");
}

std::string json_text(const RigDiff& diff) {
  return std::string("{\n  \"equal\": ") + (diff.empty() ? "true" : "false") +
         ",\n  \"old_hash\": " + json_string(diff.old_hash) +
         ",\n  \"new_hash\": " + json_string(diff.new_hash) + json_list("inputs", diff.inputs) +
         json_list("channels", diff.channels) + json_list("coefficients", diff.coefficients) +
         "\n}\n";
}

}  // namespace

int diff(const DiffOptions& options) {
  const Result<std::shared_ptr<const Plan>> old_plan = with_spec(options.old_spec, read_plan);
  const Result<std::shared_ptr<const Plan>> new_plan = with_spec(options.new_spec, read_plan);
  if (!old_plan) complain(old_plan.errors());
  if (!new_plan) complain(new_plan.errors());
  if (!old_plan || !new_plan) return kTrouble;
  const RigDiff found = rigjit::diff(**old_plan, **new_plan);
  const std::string text = found.empty() ? "" : to_string(found) + "\n";
  if (print(options.json ? json_text(found) : text) != kFine) return kTrouble;
  return found.empty() ? kEqual : kDifferent;
}

}  // namespace rigjit::cli
