// plan, ir, asm, resolve, schema: text about a spec.
#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"
#include "rigjit/load.h"

namespace rigjit::cli {
namespace {

template <typename Function>
int show(const ShowOptions& options, Function&& text_of) {
  const Result<Rig> rig =
      with_spec(options.spec, [&](const SpecSource& source) { return load(source, options.load); });
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

// Code is shown for targets that this machine does not run, too: the rig is loaded for its own.
int show_ir(const ShowOptions& options) {
  ShowOptions here = options;
  here.load.target.reset();
  return show(here, [&](const Rig& rig) {
    return rig.ir(options.controller, options.program, options.load.target.value_or(""));
  });
}

int show_assembly(const ShowOptions& options) {
  ShowOptions here = options;
  here.load.target.reset();
  return show(here, [&](const Rig& rig) {
    return rig.assembly(options.program, options.load.target.value_or(""));
  });
}

int resolve(const ResolveOptions& options) {
  const Result<std::string> text = with_spec(options.spec, rigjit::resolve);
  return text ? print(*text) : complain(text.errors());
}

int show_schema() { return print(schema()); }

}  // namespace rigjit::cli
