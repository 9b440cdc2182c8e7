// plan, ir, asm, resolve, schema: text about a spec.
#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"

namespace rigjit::cli {
namespace {

template <typename Function>
int show(const ShowOptions& options, Function&& text_of) {
  const Result<Rig> rig = load_spec(options.spec, options.load);
  if (!rig) return complain(rig.errors());
  Result<std::string> text = text_of(*rig);
  if (!text) return complain(text.errors());
  if (text->empty() || text->back() != '\n') *text += '\n';
  return print(*text);
}

}  // namespace

int show_plan(const ShowOptions& options) {
  return show(options, [](const Rig& rig) { return rig.plan(); });
}

int show_ir(const ShowOptions& options) {
  return show(options, [&](const Rig& rig) { return rig.ir(options.controller, options.program); });
}

int show_assembly(const ShowOptions& options) {
  return show(options, [&](const Rig& rig) { return rig.assembly(options.program); });
}

int resolve(const ResolveOptions& options) {
  const Result<std::string> text = resolve_spec(options.spec);
  return text ? print(*text) : complain(text.errors());
}

int show_schema() { return print(schema()); }

}  // namespace rigjit::cli
