#include "base/make_error.h"
#include "lower/write_spec.h"
#include "rigjit/load.h"
#include "spec/bases.h"
#include "yaml/text_check.h"

namespace rigjit {

Result<std::string> resolve(const SpecSource& spec) {
  const Result<ResolvedSpec> resolved = resolve_source(spec);
  if (!resolved) return resolved.errors();
  std::string text = write_spec(resolved->spec);
  if (text.size() <= kMaxTextBytes) return text;
  Error error =
      make_error("file-too-large", "the flat spec has more than 32 MB, too many for a spec");
  error.file = spec.name();
  return error;
}

}  // namespace rigjit
