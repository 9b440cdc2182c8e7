// explain: a page that explains a rig; with --profile also what its parts take.
#include "rigjit/explain.h"

#include <cstdio>
#include <optional>

#include "commands/commands.h"
#include "io/output.h"
#include "io/source.h"
#include "rigjit/load.h"
#include "rigjit/vector_file.h"

namespace rigjit::cli {
namespace {

std::string table_of(const CallProfile& profile) {
  std::string text;
  char line[128];
  std::snprintf(line, sizeof(line), "a call takes %.0f ns; its parts by themselves:\n",
                profile.call_ns);
  text += line;
  for (const PartTime& part : profile.parts) {
    std::snprintf(line, sizeof(line), "%6.1f %%  %8.1f ns  ", 100 * part.share, part.ns);
    text += line;
    for (size_t i = 0; i < part.path.size(); ++i) text += (i == 0 ? "" : ".") + part.path[i];
    text += "  " + part.what + "\n";
  }
  return text;
}

int write(const std::string& path, const std::string& page) {
  Result<Output> output = Output::open(path);
  if (!output) return complain(output.errors());
  if (const Status written = output->write(page.data(), page.size()); !written) {
    return complain(written.errors());
  }
  const Status finished = output->finish();
  return finished ? kFine : complain(finished.errors());
}

}  // namespace

int explain_rig(const ExplainPageOptions& options) {
  const Result<Rig> rig =
      with_spec(options.spec, [&](const SpecSource& source) { return load(source, options.load); });
  if (!rig) return complain(rig.errors());
  ExplainOptions explain;
  Result<Vectors> vectors = Vectors{};
  if (!options.vectors.empty()) {
    vectors = load_vectors(options.vectors, *rig);
    if (!vectors) return complain(vectors.errors());
    explain.vectors = vectors->elements.data();
    explain.count = vectors->count;
  }
  std::optional<CallProfile> profile;
  if (options.profile) {
    const float* vec = explain.count > 0 ? explain.vectors : rig->rest_vec().data();
    Result<CallProfile> measured = rigjit::profile(*rig, vec);
    if (!measured) return complain(measured.errors());
    profile = std::move(measured).value();
    explain.profile = &*profile;
    // The page may be standard output.
    if (options.out != "-") {
      if (const int printed = print(table_of(*profile)); printed != kFine) return printed;
    }
    if (options.out.empty()) return kFine;
  }
  const Result<std::string> page = rigjit::explain(*rig, explain);
  return page ? write(options.out, *page) : complain(page.errors());
}

}  // namespace rigjit::cli
