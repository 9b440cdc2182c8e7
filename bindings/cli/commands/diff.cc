#include "rigjit/diff.h"

#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"
#include "rigjit/load.h"
#include "text/json.h"

namespace rigjit::cli {
namespace {

using Layout = JsonPrinter::Layout;

template <typename Element>
void begin(JsonPrinter& json, const Element& change, const std::string& controller) {
  json.object().member("change", to_string(change.change)).member("controller", controller);
}

template <typename Element>
void end(JsonPrinter& json, const Element& change) {
  json.member("old_index", change.old_index).member("new_index", change.new_index).end();
}

void write(JsonPrinter& json, const InputChange& change) {
  begin(json, change, change.input.controller);
  json.member("transformation", to_string(change.input.transformation))
      .member("component", change.input.component);
  end(json, change);
}

void write(JsonPrinter& json, const ChannelChange& change) {
  begin(json, change, change.channel.controller);
  json.member("attribute", change.channel.attribute);
  end(json, change);
}

void write(JsonPrinter& json, const CoefficientChange& change) {
  json.object().member("controller", change.controller).key("attributes").array();
  for (const std::string& attribute : change.attributes) json.value(attribute);
  json.end()
      .member("coefficient", change.coefficient)
      .member("old", change.old_value)
      .member("new", change.new_value)
      .end();
}

template <typename Element>
void write(JsonPrinter& json, const char* name, const std::vector<Element>& changes) {
  json.key(name).array(Layout::kLines);
  for (const Element& change : changes) write(json, change);
  json.end();
}

std::string json_text(const RigDiff& diff) {
  JsonPrinter json;
  json.object(Layout::kLines)
      .member("equal", diff.empty())
      .member("old_hash", diff.old_hash)
      .member("new_hash", diff.new_hash);
  write(json, "inputs", diff.inputs);
  write(json, "channels", diff.channels);
  write(json, "coefficients", diff.coefficients);
  return json.end().take();
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
  const int printed = options.json ? print(json_text(found)) : print_lines(text);
  if (printed != kFine) return kTrouble;
  return found.empty() ? kEqual : kDifferent;
}

}  // namespace rigjit::cli
