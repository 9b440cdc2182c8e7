#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"
#include "rigjit/load.h"
#include "text/json.h"

namespace rigjit::cli {
namespace {

std::string json_array(const Errors& errors) {
  std::string json = "[";
  for (const Error& error : errors) {
    json += (json.size() == 1 ? "\n  " : ",\n  ") + json_object(error);
  }
  return json + (errors.empty() ? "]\n" : "\n]\n");
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
  const int printed = print(options.json ? json_array(all) : text);
  return all.empty() ? printed : kMistake;
}

}  // namespace rigjit::cli
