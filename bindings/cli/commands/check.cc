#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"
#include "rigjit/load.h"
#include "text/json.h"

namespace rigjit::cli {
namespace {

std::string json_text(const Errors& errors) {
  JsonPrinter json;
  json.array(JsonPrinter::Layout::kLines);
  for (const Error& error : errors) write(json, error);
  return json.end().take();
}

}  // namespace

int check(const CheckOptions& options) {
  Errors all;
  std::string text;
  for (const std::string& spec : options.specs) {
    const Errors errors = with_spec(spec, rigjit::check);
    text += errors.empty() ? spec + ": ok\n" : to_string(errors) + "\n";
    all.insert(all.end(), errors.begin(), errors.end());
  }
  const int printed = options.json ? print(json_text(all)) : print_lines(text);
  return all.empty() ? printed : kMistake;
}

}  // namespace rigjit::cli
