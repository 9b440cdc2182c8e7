#include "rigjit/explain.h"

#include <optional>
#include <utility>

#include "codegen/link/compile.h"
#include "explain/page_data.h"
#include "explain/page_parts.h"
#include "rig/rig_core.h"

namespace rigjit {
namespace {

std::string as_html(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '<':
        html += "&lt;";
        break;
      case '&':
        html += "&amp;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

// The page with its places filled, none of which is looked for in what fills another.
std::string filled(std::span<const std::pair<std::string_view, std::string_view>> places) {
  const std::string_view page = page_html();
  std::string text;
  size_t at = 0;
  for (const auto& [place, content] : places) {
    const size_t found = page.find(place, at);
    text += page.substr(at, found - at);
    text += content;
    at = found + place.size();
  }
  return text += page.substr(at);
}

}  // namespace

Result<std::string> explain(const Rig& rig, const ExplainOptions& options) {
  const RigCore& core = RigAccess::core_of(rig);
  const Result<std::shared_ptr<const Plan>> plan = core.plan();
  if (!plan) return plan.errors();
  const std::optional<SpecPlaces> source = core.source();
  const SpecPlaces* lines = source ? &*source : nullptr;
  const ProgramSymbols symbols{};
  const Result<CodeListing> code = code_listing(**plan, {&symbols, 1}, core.target(), lines);
  if (!code) return code.errors();
  const Result<std::string> data = page_data({rig, **plan, lines, *code, core.target(), options});
  if (!data) return data.errors();
  const std::string title = as_html(rig.name().empty() ? "A rig" : rig.name());
  const std::pair<std::string_view, std::string_view> places[] = {{"@TITLE@", title},
                                                                  {"@STYLE@", page_style()},
                                                                  {"@DATA@", *data},
                                                                  {"@EVALUATOR@", page_evaluator()},
                                                                  {"@SCRIPT@", page_script()}};
  return filled(places);
}

}  // namespace rigjit
