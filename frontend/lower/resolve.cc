#include "base/make_error.h"
#include "base/spec_text.h"
#include "lower/write_spec.h"
#include "rigjit/load.h"
#include "spec/bases.h"

namespace rigjit {

Result<std::string> resolve(const SpecSource& spec) {
  const Result<ResolvedSpec> resolved = resolve_source(spec);
  if (!resolved) return resolved.errors();
  std::string text = write_spec(resolved->spec);
  if (text.size() <= kMaxSpecBytes) return text;
  return error_in_file(
      kSpecTooLarge, "the flat spec is too large: " + std::string(kSpecTooLargeText), spec.name());
}

}  // namespace rigjit
