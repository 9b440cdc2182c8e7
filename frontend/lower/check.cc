#include "rigjit/load.h"
#include "spec/bases.h"

namespace rigjit {

Errors check(const SpecSource& spec) {
  const Result<ResolvedSpec> resolved = resolve_source(spec);
  return resolved ? Errors{} : resolved.errors();
}

}  // namespace rigjit
