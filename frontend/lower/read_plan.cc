#include <memory>

#include "lower/lower.h"
#include "rigjit/load.h"
#include "spec/bases.h"

namespace rigjit {

Result<std::shared_ptr<const Plan>> read_plan(const SpecSource& spec) {
  const Result<ResolvedSpec> resolved = resolve_source(spec);
  if (!resolved) return resolved.errors();
  return std::make_shared<const Plan>(lower(resolved->spec));
}

}  // namespace rigjit
